"""One file a case: ``run(context) -> list[Result]``; its docstring's first line is shown."""
