"""Parser for filters ("Filter rows using OData")."""

from datetime import UTC, datetime

import orjson

from bot.sandbox.dataverse.odata.tokens import Token, TokenKind, tokenize
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
from bot.sandbox.errors import DataverseError, bad_query, not_implemented

MAX_DEPTH = 50
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
    return _Parser(text).parse()


class _Parser:
    """Recursive descent parser: or < and < not < comparison."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokenize(text))
        self._position = 0
        self._depth = 0
        self._variable: str | None = None
        """Variable of the enclosing lambda expression, or None."""

    def parse(self) -> Expression:
        tree = self._or()
        if self._current.kind is not TokenKind.END:
            raise self._unexpected()
        return tree

    @property
    def _current(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._current
        self._position += 1
        return token

    def _accept(self, text: str) -> bool:
        found = self._current.text == text and self._current.kind in {TokenKind.NAME, TokenKind.SIGN}
        self._position += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected()

    def _unexpected(self) -> DataverseError:
        return bad_query(f"Syntax error at position {self._current.at} in '{self._text}'.")

    def _or(self) -> Expression:
        parts = [self._and()]
        while self._accept("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Expression:
        parts = [self._unary()]
        while self._accept("and"):
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _unary(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise bad_query(f"The filter is nested more than {MAX_DEPTH} levels deep.")
        try:
            if self._accept("not"):
                return Not(self._unary())
            if self._accept("("):
                inner = self._or()
                self._expect(")")
                return inner
            return self._condition()
        finally:
            self._depth -= 1

    def _condition(self) -> Expression:
        if self._current.text in TEXT_FUNCTIONS and self._tokens[self._position + 1].text == "(":
            return self._text_match()
        if self._current.text in _LISTS:
            return self._in_list(negated=_LISTS[self._current.text])
        related = self._related()
        if related is not None:
            return related
        left = self._operand()
        if isinstance(left, Path) and self._accept("in"):
            return OneOf(left, self._list())
        if self._current.text not in OPERATORS:
            raise self._unexpected()
        return Compare(self._take().text, left, self._operand())

    def _related(self) -> Related | None:
        """Parse a lambda such as `contact_customer_accounts/any(c:c/lastname eq 'Berg')`, or return None."""
        start, names = self._position, [self._current.text]
        while self._take().kind is TokenKind.NAME and self._accept("/"):
            names.append(self._current.text)
        if len(names) == 1 or names[-1] not in {"any", "all"} or not self._accept("("):
            self._position = start
            return None
        match_all = names.pop() == "all"
        path, outer, inner = self._path(names), self._variable, None
        if match_all or self._current.text != ")":
            self._variable = self._take().text
            self._expect(":")
            inner = self._or()
            self._variable = outer
        self._expect(")")
        return Related(path, match_all, inner)

    def _path(self, names: list[str]) -> Path:
        """Return a property path relative to the filtered row or the lambda variable."""
        if self._variable is None:
            return Path(tuple(names))
        if names[0] != self._variable or len(names) == 1:
            raise not_implemented(f"a property outside of '{self._variable}' in its lambda expression")
        return Path(tuple(names[1:]))

    def _text_match(self) -> Expression:
        function = self._take().text
        self._expect("(")
        path = self._operand()
        self._expect(",")
        text = self._operand()
        self._expect(")")
        if not isinstance(path, Path) or not isinstance(text, Literal) or text.type is not Edm.STRING:
            raise bad_query(f"The function '{function}' requires a property and a string.")
        return TextMatch(function, path, str(text.value))

    def _in_list(self, *, negated: bool) -> Expression:
        """Parse `Microsoft.Dynamics.CRM.In(PropertyName='…',PropertyValues=[…])`."""
        self._take()
        for word in ("(", "PropertyName", "="):
            self._expect(word)
        name = self._literal()
        for word in (",", "PropertyValues", "="):
            self._expect(word)
        # The values are strings, regardless of the property's type.
        values = tuple(Literal(Edm.ANY, each.value) for each in self._list("[", "]"))
        self._expect(")")
        found = OneOf(Path(tuple(str(name.value).split("/"))), values)
        return Not(found) if negated else found

    def _list(self, opening: str = "(", closing: str = ")") -> tuple[Literal, ...]:
        self._expect(opening)
        values = [self._literal()]
        while self._accept(","):
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
        if token.kind is TokenKind.NAME and token.text not in _WORDS:
            return self._name(token)
        literal = _literal_of(token)
        if literal is None:
            self._position -= 1
            raise self._unexpected()
        return literal

    def _name(self, token: Token) -> Operand:
        if "." in token.text and self._current.kind is TokenKind.STRING:
            return Literal(Edm.STRING, _unquoted(self._take().text))  # an enumeration member with its type name
        if self._current.text == "(":
            raise not_implemented(f"the query function '{token.text}'")
        names = [token.text]
        while self._accept("/"):
            if self._current.kind is not TokenKind.NAME:
                raise self._unexpected()
            names.append(self._take().text)
        if self._current.text == "(":
            raise self._unexpected()
        return self._path(names)


def _literal_of(token: Token) -> Literal | None:
    match token.kind:
        case TokenKind.STRING:
            return Literal(Edm.STRING, _unquoted(token.text))
        case TokenKind.QUOTED:
            return Literal(Edm.ANY, orjson.loads(token.text))
        case TokenKind.GUID:
            return Literal(Edm.GUID, token.text.lower())
        case TokenKind.DATE:
            return Literal(Edm.DATE, _parse_instant(token.text))
        case TokenKind.NUMBER:
            return _number(token.text)
        case _:
            return _WORDS.get(token.text)


def _number(text: str) -> Literal:
    return Literal(Edm.INT, int(text)) if text.lstrip("-").isdigit() else Literal(Edm.NUMBER, float(text))


def _parse_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_query(f"'{text}' is not a date.") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
