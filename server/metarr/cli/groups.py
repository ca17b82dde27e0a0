"""A group of commands, as its --help lists it."""

from typing import Any

from typer.core import TyperGroup


class CommandGroup(TyperGroup):
    """Lists its commands with whole sentences: what does not fit goes on in the next line, nothing is cut."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(limit=300))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
