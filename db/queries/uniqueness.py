"""What a unique constraint's refusal means to a user."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from studio.errors import DuplicateError


@contextmanager
def one_of_a_kind(message: str, **details: object) -> Iterator[None]:
    """Have a second row of the same name answered with `DuplicateError`."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise DuplicateError(message, **details) from error
        raise
