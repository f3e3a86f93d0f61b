"""A proof is made once for what it is about, however often it is asked for."""

from engine.gate.proof import Kept
from engine.semantics.soundness import Flaw, Proof


def test_a_proof_is_made_once_for_the_same_digests() -> None:
    kept, made = Kept(2), list[str]()

    def proof(about: str) -> Proof:
        made.append(about)
        return Proof((Flaw("deadlock", (about,)),), is_whole=True, markings=1)

    first = kept.proof("a", lambda: proof("a"))
    assert kept.proof("a", lambda: proof("a")) is first
    assert kept.proof("b", lambda: proof("b")).flaws[0].elements == ("b",)
    assert made == ["a", "b"]


def test_of_many_proofs_the_last_are_kept() -> None:
    kept, made = Kept(2), list[str]()

    def ask(about: str) -> None:
        kept.proof(about, lambda: made.append(about) or Proof((), is_whole=True, markings=1))

    for about in "abcab":
        ask(about)
    assert made == ["a", "b", "c", "a", "b"]
    ask("b")
    assert made == ["a", "b", "c", "a", "b"]
