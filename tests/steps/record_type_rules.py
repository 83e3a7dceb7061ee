"""Samples of tables for the rules about record types."""

from bot.domain.tables import Column, ColumnType, Table


def column(name: str, kind: ColumnType = ColumnType.STRING) -> Column:
    return Column(name=name, label=name, type=kind)


def table(*columns: Column, is_virtual: bool = False, sends_updates: bool = True) -> Table:
    return Table(
        name="x",
        label="X",
        set_name="xs",
        primary_id="xid",
        primary_name="name",
        columns={each.name: each for each in columns},
        is_virtual=is_virtual,
        sends_updates=sends_updates,
    )
