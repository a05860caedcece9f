"""The step between the database and the parts that use it."""

from db.migrate import upgrade
from db.session import database_url
from studio import log


def main() -> None:
    log.configure()
    upgrade(database_url())


if __name__ == "__main__":
    main()
