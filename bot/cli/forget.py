"""`python app.py database forget`: erase the data of one person or one tenant."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress

from bot.cli.counted import counted
from bot.domain.audit import AuditEntry
from bot.domain.erasure import Erased, PersonToForget
from bot.domain.errors import NotSupported
from bot.domain.values import ChatId, EnvironmentId, ObjectId
from bot.features.shared.services import Services
from bot.store.unit_of_work import Store, UnitOfWork

Say = Callable[[str], object]
Forget = Callable[[UnitOfWork], Awaitable[Erased]]


class _DryRunEnded(Exception):
    """Rolls back a transaction that only counted."""


async def person(
    services: Services, object_id: ObjectId, also: Collection[str], say: Say, *, dry_run: bool, by: str
) -> int:
    """Erase the person, or only count the rows; return the exit code, 1 if nothing is stored about the person.

    `also`: other names and IDs of the person. `by`: the operator, for the audit log. Raises `Unavailable` if
    Dynamics 365 does not say which users the person has there.
    """
    found = [await services.records.user(each, object_id) for each in services.environments]
    users = [each for each in found if each]
    named = PersonToForget(
        object_id=object_id,
        users={each.id for each in users},
        names={*(each.name for each in users if each.name), *also},
    )
    say(f"Found in Dynamics 365: {counted(len(named.users), 'user')}.\n")
    erased = await _forget(services, "person", lambda work: work.erasure.forget_person(named), say, dry_run, by)
    return 0 if erased.total else 1


async def tenant(
    services: Services,
    tenant_id: str,
    environments: Sequence[str],
    say: Say,
    *,
    defaults: Mapping[EnvironmentId, bool],
    dry_run: bool,
    by: str,
) -> int:
    """Erase the tenant, or only count the rows; return the exit code, 1 if nothing is stored about the tenant.

    `environments`: the environments to erase, too. `defaults`: whether chats are on in each configured environment if
    it has no settings. `by`: the operator, for the audit log. Raises `NotSupported` for an environment of others.
    """
    async with services.store.reading() as work:
        users = await work.erasure.tenants_by_environment()
        known = await work.erasure.environments()
    chosen = [_checked(EnvironmentId(each), tenant_id, known, users) for each in environments]
    erased = await _forget(
        services,
        "tenant",
        lambda work: work.erasure.forget_tenant(tenant_id, chosen, defaults=defaults),
        say,
        dry_run,
        by,
    )
    if not erased.deleted["environment"]:
        _offer_environments(sorted(name for name, tenants in users.items() if tenants == {tenant_id}), say)
    return 0 if erased.total else 1


def _offer_environments(environments: Sequence[EnvironmentId], say: Say) -> None:
    for each in environments:
        say(f"Only this tenant used {each}. To erase its settings and events, too, add: --environment {each}\n")


def _checked(
    environment: EnvironmentId,
    tenant_id: str,
    known: Collection[EnvironmentId],
    users: Mapping[EnvironmentId, set[str]],
) -> EnvironmentId:
    """Return the environment; raise `NotSupported` if it is not known, or if chats of other tenants used it."""
    if environment not in known:
        raise NotSupported("Environment {host} is not stored.", "Check its name.", host=environment)
    if users.get(environment, set()) - {tenant_id}:
        raise NotSupported(
            "Chats of another tenant used {host}, so nothing was erased.",
            "Leave out --environment to erase only the chats of the tenant.",
            host=environment,
        )
    return environment


async def _forget(services: Services, whose: str, forget: Forget, say: Say, dry_run: bool, by: str) -> Erased:
    """Erase or count, and print the rows of each table; return their numbers."""
    erased = await (_counted if dry_run else _done)(services.store, forget, _entry(services, whose, by))
    for table in erased.tables:
        say(f"{table}\t{erased.deleted[table]} deleted\t{erased.changed[table]} changed\n")
    if not erased.total:
        say(f"Nothing is stored about this {whose}.\n")
    else:
        say("Nothing was changed, because of --dry-run.\n" if dry_run else f"The {whose} was erased.\n")
    return erased


async def _counted(store: Store, forget: Forget, _entry: AuditEntry) -> Erased:
    """Count what would be erased, and roll it back."""
    erased = Erased()
    with suppress(_DryRunEnded):
        async with store.writing() as work:
            erased = await forget(work)
            raise _DryRunEnded
    return erased


async def _done(store: Store, forget: Forget, entry: AuditEntry) -> Erased:
    """Erase, and add the entry to the audit log. It does not name who was erased."""
    async with store.writing() as work:
        erased = await forget(work)
        if erased.total:
            await work.audit.add(entry)
    return erased


def _entry(services: Services, whose: str, by: str) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(), act=f"forget {whose}", person_id=None, person_name=by, chat_id=ChatId("")
    )
