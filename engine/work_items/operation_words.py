"""The operations a diagram may forbid at a step (property ``forbids``)."""

FORBIDDABLE = frozenset(
    {
        *("transfer", "delegate", "substitute", "add-signer", "remove-signer"),
        *("return", "recall", "copy", "ask"),
    }
)
