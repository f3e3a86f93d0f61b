"""What a guess at a secret costs in the product; the other tests make it cheap for themselves."""

from __future__ import annotations

import json
import subprocess
import sys

ASK = """
import json
from domain.endorsements.keys import Effort as OfPin
from domain.tender.sealing import Effort as OfPassphrase
from webapp.usecases.sign_in import hash_password
pin, phrase = OfPin(), OfPassphrase()
efforts = [[effort.rounds, effort.memory] for effort in (pin, phrase)]
print(json.dumps([hash_password("x" * 12), *efforts]))
"""


def test_a_guess_costs_memory_and_rounds() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, check=True).stdout
    password, pin, phrase = json.loads(told)
    assert password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert pin == [2, 19_456]
    assert phrase == [3, 65_536]
