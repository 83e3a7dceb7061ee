"""Parser for filters ("Filter rows using OData")."""

from datetime import UTC, datetime

import orjson

from bot.sandbox.dataverse.odata.tokens import Mark, Token, tokens
from bot.sandbox.dataverse.odata.tree import (
    And,
    Compare,
    Edm,
    Expression,
    Literal,
    Not,
    OneOf,
    Operand,
    Or,
    Path,
    Related,
    TextMatch,
)
from bot.sandbox.errors import DataverseError, bad_query, not_offered

DEEPEST = 50
"""Maximum number of levels of parentheses and negations."""

OPERATORS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
TEXT_FUNCTIONS = frozenset({"contains", "startswith", "endswith"})

_LISTS = {"Microsoft.Dynamics.CRM.In": False, "Microsoft.Dynamics.CRM.NotIn": True}
"""List functions, with True for the negated one."""

_WORDS: dict[str, Literal] = {
    "null": Literal(Edm.NULL, None),
    "true": Literal(Edm.BOOLEAN, True),
    "false": Literal(Edm.BOOLEAN, False),
}


def parse_filter(text: str) -> Expression:
    """Parse a filter. Raise `DataverseError` if it is invalid or unsupported."""
    return _Parser(text).whole()


class _Parser:
    """Recursive descent parser: or < and < not < comparison."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0
        self._variable: str | None = None
        """Variable of the enclosing lambda expression, or None."""

    def whole(self) -> Expression:
        tree = self._or()
        if self._here.mark is not Mark.END:
            raise self._unexpected()
        return tree

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._here
        self._at += 1
        return token

    def _takes(self, text: str) -> bool:
        found = self._here.text == text and self._here.mark in {Mark.NAME, Mark.SIGN}
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._unexpected()

    def _unexpected(self) -> DataverseError:
        return bad_query(f"Syntax error at position {self._here.at} in '{self._text}'.")

    def _or(self) -> Expression:
        parts = [self._and()]
        while self._takes("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Expression:
        parts = [self._unary()]
        while self._takes("and"):
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _unary(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise bad_query(f"The filter is nested more than {DEEPEST} levels deep.")
        try:
            if self._takes("not"):
                return Not(self._unary())
            if self._takes("("):
                inner = self._or()
                self._expect(")")
                return inner
            return self._condition()
        finally:
            self._depth -= 1

    def _condition(self) -> Expression:
        if self._here.text in TEXT_FUNCTIONS and self._tokens[self._at + 1].text == "(":
            return self._text_match()
        if self._here.text in _LISTS:
            return self._in_list(negated=_LISTS[self._here.text])
        related = self._related()
        if related is not None:
            return related
        left = self._operand()
        if isinstance(left, Path) and self._takes("in"):
            return OneOf(left, self._list())
        if self._here.text not in OPERATORS:
            raise self._unexpected()
        return Compare(self._take().text, left, self._operand())

    def _related(self) -> Related | None:
        """Parse a lambda such as `contact_customer_accounts/any(c:c/lastname eq 'Berg')`, or return None."""
        start, names = self._at, [self._here.text]
        while self._take().mark is Mark.NAME and self._takes("/"):
            names.append(self._here.text)
        if len(names) == 1 or names[-1] not in {"any", "all"} or not self._takes("("):
            self._at = start
            return None
        every = names.pop() == "all"
        path, outer, inner = self._path(names), self._variable, None
        if every or self._here.text != ")":
            self._variable = self._take().text
            self._expect(":")
            inner = self._or()
            self._variable = outer
        self._expect(")")
        return Related(path, every, inner)

    def _path(self, names: list[str]) -> Path:
        """Return a property path relative to the filtered row or the lambda variable."""
        if self._variable is None:
            return Path(tuple(names))
        if names[0] != self._variable or len(names) == 1:
            raise not_offered(f"a property outside of '{self._variable}' in its lambda expression")
        return Path(tuple(names[1:]))

    def _text_match(self) -> Expression:
        function = self._take().text
        self._expect("(")
        path = self._operand()
        self._expect(",")
        text = self._operand()
        self._expect(")")
        if not isinstance(path, Path) or not isinstance(text, Literal) or text.type is not Edm.STRING:
            raise bad_query(f"The function '{function}' takes a property and a string.")
        return TextMatch(function, path, str(text.value))

    def _in_list(self, *, negated: bool) -> Expression:
        """Parse `Microsoft.Dynamics.CRM.In(PropertyName='…',PropertyValues=[…])`."""
        self._take()
        for word in ("(", "PropertyName", "="):
            self._expect(word)
        name = self._literal()
        for word in (",", "PropertyValues", "="):
            self._expect(word)
        # The values are strings, whatever the property's type.
        values = tuple(Literal(Edm.ANY, each.value) for each in self._list("[", "]"))
        self._expect(")")
        found = OneOf(Path(tuple(str(name.value).split("/"))), values)
        return Not(found) if negated else found

    def _list(self, opening: str = "(", closing: str = ")") -> tuple[Literal, ...]:
        self._expect(opening)
        values = [self._literal()]
        while self._takes(","):
            values.append(self._literal())
        self._expect(closing)
        return tuple(values)

    def _literal(self) -> Literal:
        operand = self._operand()
        if not isinstance(operand, Literal):
            raise self._unexpected()
        return operand

    def _operand(self) -> Operand:
        token = self._take()
        if token.mark is Mark.NAME and token.text not in _WORDS:
            return self._name(token)
        literal = _literal_of(token)
        if literal is None:
            self._at -= 1
            raise self._unexpected()
        return literal

    def _name(self, token: Token) -> Operand:
        if "." in token.text and self._here.mark is Mark.STRING:
            return Literal(Edm.STRING, _unquoted(self._take().text))  # an enumeration member with its type name
        if self._here.text == "(":
            raise not_offered(f"the query function '{token.text}'")
        names = [token.text]
        while self._takes("/"):
            if self._here.mark is not Mark.NAME:
                raise self._unexpected()
            names.append(self._take().text)
        if self._here.text == "(":
            raise self._unexpected()
        return self._path(names)


def _literal_of(token: Token) -> Literal | None:
    match token.mark:
        case Mark.STRING:
            return Literal(Edm.STRING, _unquoted(token.text))
        case Mark.QUOTED:
            return Literal(Edm.ANY, orjson.loads(token.text))
        case Mark.GUID:
            return Literal(Edm.GUID, token.text.lower())
        case Mark.DATE:
            return Literal(Edm.DATE, _moment(token.text))
        case Mark.NUMBER:
            return _number(token.text)
        case _:
            return _WORDS.get(token.text)


def _number(text: str) -> Literal:
    return Literal(Edm.INT, int(text)) if text.lstrip("-").isdigit() else Literal(Edm.NUMBER, float(text))


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_query(f"'{text}' is not a date.") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
