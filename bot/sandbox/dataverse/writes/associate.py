"""Many-to-many associations between rows ("Associate and disassociate table rows")."""

from bot.sandbox.dataverse.schema.model import ManyToMany
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.guids import named_guid
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Row, Value


def associate(caller: Caller, transaction: Transaction, row: Row, other: Row, association: ManyToMany) -> None:
    """Associate two rows unless they already are. Raise `DataverseError` if the caller lacks the rights."""
    _require(caller, row, other)
    if _find_association(transaction, row, other, association) is None:
        first, second = sorted((row.id, other.id))
        key = f"{association.intersect_table}id"
        row_id = named_guid(association.intersect_table, first, second)
        values: dict[str, Value] = {key: row_id, association.own_column: row.ref, association.other_column: other.ref}
        transaction.put(association.intersect_table, row_id, values)


def disassociate(caller: Caller, transaction: Transaction, row: Row, other: Row, association: ManyToMany) -> None:
    """Remove the association of two rows, if it exists. Raise `DataverseError` if the caller lacks the rights."""
    _require(caller, row, other)
    found = _find_association(transaction, row, other, association)
    if found:
        transaction.remove(found)


def _require(caller: Caller, row: Row, other: Row) -> None:
    """Require write access to both rows, because a membership can change access rights."""
    caller.require(Right.WRITE, row)
    caller.require(Right.WRITE, other)


def _find_association(transaction: Transaction, row: Row, other: Row, association: ManyToMany) -> Row | None:
    references = {association.own_column: row.ref, association.other_column: other.ref}
    rows = transaction.all(association.intersect_table)
    return next((each for each in rows if all(each.values.get(name) == ref for name, ref in references.items())), None)
