"""`python -m tests.pricing.questions`: the figures of each set; `near --missed` names the questions that went wrong, too."""

from __future__ import annotations

import argparse
import sys

from tests.pricing.questions.ask import SETS, Figures, Outcome, ask_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pricing.questions")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"which of {', '.join(SETS)} (default: all)")
    parser.add_argument("--missed", action="store_true", help="the questions that went wrong, too")
    given = parser.parse_args()
    if unknown := set(given.sets) - set(SETS):
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    for name in given.sets or SETS:
        outcomes = ask_all(name)
        print(told(name, Figures.of(outcomes)))  # noqa: T201  (a program's output)
        if given.missed:
            print(*[described(outcome) for outcome in outcomes if not outcome.is_right], sep="\n")  # noqa: T201
    return 0


def told(name: str, figures: Figures) -> str:
    return (
        f"{name:6} {figures.questions} questions, {figures.rows} rows: recall {figures.recall:.1%}, wrong certain {figures.wrong_certain}, "
        f"class errors {figures.class_errors}, answered at once {figures.at_once:.1%}, missing passed over {figures.missing_passed_over}"
    )


def described(outcome: Outcome) -> str:
    question = outcome.question
    wanted = f"    wanted {sorted(question.rows)}{' open' if question.is_open else ''}"
    given = f"certain {sorted(outcome.certain)}, offered {sorted(outcome.offered)}, missing {list(outcome.missing)}"
    of_class = "" if outcome.is_class_right else f"    class: wanted {question.car_class}"
    return "\n".join(filter(None, (f"  {question.list}: {question.ask}", f"{wanted}, {given}", of_class)))


if __name__ == "__main__":
    sys.exit(main())
