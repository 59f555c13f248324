"""Where the command begins, before the slower imports."""

import signal
import threading


def main() -> None:
    """Until the command can answer Ctrl-C in one line, it ends without a word: nothing has begun that a traceback would tell of."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from harness.cli import main as command

    command()


if __name__ == "__main__":
    main()
