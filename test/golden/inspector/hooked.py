"""The inspector's analyses with TransformerLens, as its users write them; beam search, which it
lacks, with `transformers`. The names of the results are those of `plain.py`."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from transformer_lens import ActivationCache, HookedTransformer, HookedTransformerConfig, patching
from transformer_lens.head_detector import (
    compute_head_attention_similarity_score,
    get_duplicate_token_head_detection_pattern,
    get_induction_head_detection_pattern,
    get_previous_token_head_detection_pattern,
)
from transformer_lens.pretrained.weight_conversions.gpt2 import convert_gpt2_weights
from transformer_lens.utilities import get_act_name
from transformers import GPT2LMHeadModel

from question import BEAM_TOKENS, BEAMS, NEIGHBOURS, NEURON_LAYER, TOP, Question

patching.tqdm = list  # no progress bars

NAMES = {
    "residPre": "resid_pre",
    "residMid": "resid_mid",
    "residPost": "resid_post",
    "attnOut": "attn_out",
    "mlpOut": "mlp_out",
    "q": "q",
    "k": "k",
    "v": "v",
    "z": "z",
    "pattern": "pattern",
    "mlpPre": "pre",
    "mlpPost": "post",
}
"""The design's name of an activation → TransformerLens's."""


def to_hooked(model: GPT2LMHeadModel, fold_ln: bool) -> HookedTransformer:
    """The same model in TransformerLens, its weights as they are but for `fold_ln`. Weights pass
    through float32 on their way, which loses nothing of those in a file, but of folded ones."""
    config = model.config
    hooked_config = HookedTransformerConfig(
        n_layers=config.n_layer,
        n_heads=config.n_head,
        d_model=config.n_embd,
        d_head=config.n_embd // config.n_head,
        d_mlp=config.n_inner or 4 * config.n_embd,
        n_ctx=config.n_positions,
        d_vocab=config.vocab_size,
        act_fn=config.activation_function,
        eps=config.layer_norm_epsilon,
        use_attn_scale=config.scale_attn_weights,
        scale_attn_by_inverse_layer_idx=config.scale_attn_by_inverse_layer_idx,
        normalization_type="LN",
        original_architecture="GPT2LMHeadModel",
        device="cpu",
        dtype=model.dtype,
        seed=0,
    )
    hooked = HookedTransformer(hooked_config)
    hooked.load_and_process_state_dict(
        convert_gpt2_weights(model, hooked_config),
        fold_ln=fold_ln,
        center_writing_weights=False,
        center_unembed=False,
        fold_value_biases=False,
    )
    return hooked.eval()


@dataclass
class Run:
    model: HookedTransformer
    folded: HookedTransformer  # the same with the layer norms folded, for a second opinion
    question: Question
    logits: torch.Tensor  # [n, vocab]
    cache: ActivationCache  # with a batch of 1

    @property
    def ids(self) -> torch.Tensor:  # [1, n]
        return torch.from_numpy(self.question.ids)[None]

    @property
    def corrupt_ids(self) -> torch.Tensor:  # [1, n]
        return torch.from_numpy(self.question.corrupt_ids)[None]

    def stack(self, name: str) -> torch.Tensor:  # [layer, …]
        return torch.stack(
            [self.cache[get_act_name(NAMES[name], i)][0] for i in range(self.model.cfg.n_layers)]
        )


@torch.no_grad()
def analyse(model: GPT2LMHeadModel, question: Question) -> dict[str, np.ndarray]:
    """Everything, computed in the model's dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(model.dtype)  # `patching` makes its tensors of the default
    try:
        hooked = to_hooked(model, fold_ln=False)
        logits, cache = hooked.run_with_cache(torch.from_numpy(question.ids)[None])
        run = Run(hooked, to_hooked(model, fold_ln=True), question, logits[0], cache)
        exact = 1e-10 if model.dtype == torch.float64 else 1e-3
        assert (model(run.ids).logits[0] - run.logits).abs().max() < exact
        values = {name: run.stack(name) for name in NAMES}
        values["logits"] = run.logits[[question.middle, -1]]
        values |= lens(run) | attribution(run) | neurons(run) | interventions(run)
        values |= patched(run) | attention(run) | embeddings(run) | beams(model, question.ids)
        return {name: np.ascontiguousarray(value.numpy()) for name, value in values.items()}
    finally:
        torch.set_default_dtype(before)


def lens(run: Run) -> dict[str, torch.Tensor]:
    def logprobs(incl_mid):  # [stream, n, vocab]
        streams = run.cache.accumulated_resid(incl_mid=incl_mid, apply_ln=True)
        return run.model.unembed(streams[:, 0]).log_softmax(-1)

    here = logprobs(incl_mid=True)[:, -1]
    final = here[-1].argmax()
    top = here.topk(TOP)
    blocks = logprobs(incl_mid=False)
    best = blocks.max(-1)
    kl = torch.nn.functional.kl_div(
        blocks, blocks[-1].expand_as(blocks), log_target=True, reduction="none"
    )
    return {
        "lens.logprobs": here,
        "lens.topIds": top.indices,
        "lens.topLogprobs": top.values,
        "lens.rank": 1 + (here > here[:, final, None]).sum(-1),
        "lens.logprob": here[:, final],
        "lens.entropy": torch.distributions.Categorical(logits=here).entropy(),
        "lensGrid.topId": best.indices,
        "lensGrid.topLogprob": best.values,
        "lensGrid.kl": kl.sum(-1),
    }


def attribution(run: Run) -> dict[str, torch.Tensor]:
    """`logit_attrs` leaves the final layer norm's gain and bias out, so that the values come from
    `apply_ln_to_stack`, and `logit_attrs` of the model with folded layer norms has to agree."""
    n_layer, n_head = run.model.cfg.n_layers, run.model.cfg.n_heads
    _, folded_cache = run.folded.run_with_cache(run.ids)

    def components(cache):  # [L * H + L + 2 + L, 1, nEmbd] at the last position
        heads = cache.stack_head_results(layer=-1, pos_slice=-1)
        rest, labels = cache.decompose_resid(mode="mlp", pos_slice=-1, return_labels=True)
        assert labels == ["embed", "pos_embed", *(f"{i}_mlp_out" for i in range(n_layer))]
        return torch.cat([heads, run.model.b_O[:, None], rest])

    first, second = run.logits[-1].topk(2).indices
    w_u, ln = run.model.W_U, run.model.ln_final  # W_U [nEmbd, vocab]
    stack, folded_stack = components(run.cache), components(folded_cache)
    scaled = run.cache.apply_ln_to_stack(stack, layer=-1, pos_slice=-1)[:, 0]
    values = {
        "headOut": stack[: n_layer * n_head, 0].unflatten(0, (n_layer, n_head)),
        "attribution.ids": torch.stack([first, second]),
    }
    for kind, direction, versus in [
        ("target", w_u[:, first], None),
        ("difference", w_u[:, first] - w_u[:, second], second),
    ]:
        parts = scaled * ln.w @ direction
        again = folded_cache.logit_attrs(
            folded_stack, tokens=first, incorrect_tokens=versus, pos_slice=-1
        )[:, 0]
        assert torch.allclose(parts, again, rtol=0, atol=1e-4)
        heads, biases, (token, position), mlps = parts.split(
            [n_layer * n_head, n_layer, 2, n_layer]
        )
        bias = ln.b @ direction
        total = run.logits[-1, first] - (0 if versus is None else run.logits[-1, versus])
        assert torch.isclose(parts.sum() + bias, total, rtol=0, atol=1e-4)
        values |= {
            f"attribution.{kind}.tokenEmbedding": token[None],
            f"attribution.{kind}.positionEmbedding": position[None],
            f"attribution.{kind}.heads": heads.reshape(n_layer, n_head),
            f"attribution.{kind}.attnBiases": biases,
            f"attribution.{kind}.mlps": mlps,
            f"attribution.{kind}.finalBias": bias[None],
            f"attribution.{kind}.sum": total[None],
        }
    return values


def neurons(run: Run) -> dict[str, torch.Tensor]:
    """The folded unembedding holds the final layer norm's gain and centring, in float32."""
    rows = run.model.W_out[NEURON_LAYER, run.question.neurons]
    centred = rows - rows.mean(-1, keepdim=True)
    logits = centred * run.model.ln_final.w @ run.model.W_U
    assert torch.allclose(logits, rows @ run.folded.W_U, rtol=0, atol=1e-4)
    top, bottom = logits.topk(TOP), logits.topk(TOP, largest=False)
    return {
        "neurons.topIds": top.indices,
        "neurons.topLogits": top.values,
        "neurons.bottomIds": bottom.indices,
        "neurons.bottomLogits": bottom.values,
    }


def interventions(run: Run) -> dict[str, torch.Tensor]:
    values = {}
    for name, changes in run.question.cases.items():
        hooks = [
            (get_act_name(NAMES[change["at"]], change["layer"]), partial(alter, run, change))
            for change in changes
        ]
        logits = run.model.run_with_hooks(run.ids, fwd_hooks=hooks)[0]
        values[f"interventions.{name}"] = logits[[run.question.middle, -1]]
    return values


def alter(run: Run, change: dict, value: torch.Tensor, hook) -> torch.Tensor:
    """value is [1, n, nEmbd], for z [1, n, head, dHead], for pattern [1, head, query, key]."""
    head = change.get("head")
    match change["at"], change["do"]:
        case "z", "zero":
            value[:, :, head] = 0
        case "z", "mean":
            source = run.cache[hook.name] if change["of"] == "clean" else value
            value[:, :, head] = source[:, :, head].mean(1, keepdim=True)
        case "z", "scale":
            value[:, :, head] *= change["factor"]
        case "mlpOut", "zero":
            value = torch.zeros_like(value)
        case "mlpOut", "mean":
            value = run.cache[hook.name].mean(1, keepdim=True).expand_as(value)
        case "attnOut", "scale":
            value = value * change["factor"]
        case "pattern", "row":
            row = torch.from_numpy(run.question.pattern_row)
            value[:, head, change["query"]] = row.to(value.dtype)
        case "residPre", "add":
            direction = torch.from_numpy(run.question.steering_direction).to(value.dtype)
            value[:, change["from"] :] += change["factor"] * direction
        case unknown:
            raise ValueError(unknown)
    return value


def patched(run: Run) -> dict[str, torch.Tensor]:
    corrupt_logits = run.model(run.corrupt_ids)
    (target, second), versus = run.logits[-1].topk(2).indices, corrupt_logits[0, -1].argmax()
    versus = second if versus == target else versus

    def difference(logits):  # of [1, n, vocab]
        return logits[0, -1, target] - logits[0, -1, versus]

    values = {}
    for name, patch in [
        ("residPre", patching.get_act_patch_resid_pre),
        ("attnOut", patching.get_act_patch_attn_out),
        ("mlpOut", patching.get_act_patch_mlp_out),
        ("heads", patching.get_act_patch_attn_head_out_all_pos),
    ]:
        values[name] = patch(run.model, run.corrupt_ids, run.cache, difference)
    values["clean"] = difference(run.logits[None])[None]
    values["corrupt"] = difference(corrupt_logits)[None]
    values["ids"] = torch.stack([target, versus])
    return {f"patching.{name}": value for name, value in values.items()}


def attention(run: Run) -> dict[str, torch.Tensor]:
    """`compute_head_attention_similarity_score` divides by the number n of rows; the scores here by
    the number of rows that could score."""
    pattern, (n, _) = run.stack("pattern"), run.logits.shape

    def score(detection):  # [query, key] of 0 and 1
        rows = detection.any(-1).sum()
        similarity = partial(
            compute_head_attention_similarity_score,
            detection_pattern=detection,
            exclude_bos=False,
            exclude_current_token=False,
            error_measure="mul",
        )
        shares = torch.tensor([[similarity(head) for head in layer] for layer in pattern])
        return shares * n / rows

    first = torch.zeros(n, n)
    first[1:, 0] = 1
    rollout = torch.eye(n)
    for layer in pattern:
        rollout = torch.nn.functional.normalize(layer.mean(0) / 2 + torch.eye(n) / 2, 1) @ rollout
    values = torch.einsum("khd,hdc->khc", run.stack("v")[0], run.model.W_O[0])
    weighted = torch.einsum("hqk,khc->hqkc", pattern[0], values)
    return {
        "scores.entropy": torch.special.entr(pattern).sum(-1).mean(-1),
        "scores.previousToken": score(get_previous_token_head_detection_pattern(run.ids)),
        "scores.firstToken": score(first),
        "scores.sameToken": score(get_duplicate_token_head_detection_pattern(run.ids)),
        "scores.induction": score(get_induction_head_detection_pattern(run.ids)),
        "valueWeighted": weighted.norm(dim=-1),
        "rollout": rollout,
    }


def embeddings(run: Run) -> dict[str, torch.Tensor]:
    question, values = run.question, {}
    for name, table in [("embedding", run.model.W_E), ("unembedding", run.model.W_U.T)]:
        vectors = table[question.tokens]
        cosines = torch.nn.functional.cosine_similarity(vectors[:, None], table[None], dim=-1)
        for measure, scores in [("cosine", cosines), ("dot", vectors @ table.T)]:
            scores[range(len(vectors)), question.tokens] = -torch.inf
            found = scores.topk(NEIGHBOURS)
            values[f"neighbours.{name}.{measure}.ids"] = found.indices
            values[f"neighbours.{name}.{measure}.scores"] = found.values
    a, b, c = run.model.W_E[question.analogy]
    scores = torch.nn.functional.cosine_similarity(a - b + c, run.model.W_E, dim=-1)
    scores[question.analogy] = -torch.inf
    found = scores.topk(NEIGHBOURS)
    chosen = run.model.W_E[question.pca_tokens]
    variances, axes = torch.linalg.eigh(chosen.T.cov())  # ascending; axes are columns
    axes = axes.T.flip(0)[:2]
    axes = axes * axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
    return values | {
        "analogy.ids": found.indices,
        "analogy.cosines": found.values,
        "pca.coordinates": (chosen - chosen.mean(0)) @ axes.T,
        "pca.axes": axes,
        "pca.explained": variances.flip(0)[:2] / variances.sum(),
    }


def beams(model: GPT2LMHeadModel, ids: np.ndarray) -> dict[str, torch.Tensor]:
    """The sums of logprobs are taken from whole passes, and `generate` has to agree with them."""
    prompt = torch.from_numpy(ids)[None]
    output = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        num_beams=BEAMS,
        num_return_sequences=BEAMS,
        max_new_tokens=BEAM_TOKENS,
        early_stopping=False,
        length_penalty=0.0,
        eos_token_id=None,  # in a GenerationConfig, None would mean the model's
        pad_token_id=0,
        return_dict_in_generate=True,
        output_scores=True,
    )
    found = output.sequences[:, len(ids) :]
    logprobs = model(output.sequences).logits.log_softmax(-1)[:, len(ids) - 1 : -1]
    sums = logprobs.gather(-1, found[..., None]).sum((1, 2))
    assert torch.allclose(sums, output.sequences_scores.to(sums.dtype), rtol=0, atol=1e-4)
    return {"beams.ids": found, "beams.logprobs": sums}
