"""Errors that are the user's to mend: one sentence, an exit code, no traceback."""


class UserError(Exception):
    """Input was refused; nothing has changed. The command line exits with 2."""

    exit_code = 2


class Failure(UserError):  # noqa: N818  # it is what the command line reports
    """The input was fine, but the work could not be done. Exits with 1."""

    exit_code = 1


class Interrupted(UserError):  # noqa: N818  # as `Failure`
    """Ctrl-C ended the command. Exits with 130, as a shell has it."""

    exit_code = 130
