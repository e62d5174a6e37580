"""A GPT-2, with the parametrisation of Hugging Face's GPT2LMHeadModel.

Letters in the shape comments: B batch, T positions, C nEmbd, H heads, V vocabulary.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

END_OF_TEXT = 50256


@dataclass
class GPTConfig:
    n_layer: int = 6
    n_head: int = 4
    n_embd: int = 256
    n_positions: int = 512
    vocab_size: int = 50257

    def as_dict(self):
        return asdict(self)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head = config.n_head
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            part.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)  # [B, H, T, C/H]
            for part in self.c_attn(x).split(C, dim=2)
        )
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # [B, H, T, C/H]
        return self.c_proj(z.transpose(1, 2).reshape(B, T, C))  # [B, T, C]


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd)
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))  # gelu_new


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, eps=1e-5)
        self.attn = Attention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, eps=1e-5)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.n_positions, config.n_embd)
        self.h = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, eps=1e-5)
        self.apply(self._initialise)
        for name, parameter in self.named_parameters():
            if name.endswith("c_proj.weight"):  # what writes into the residual stream
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * config.n_layer))

    @staticmethod
    def _initialise(module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)

    def hidden(self, ids):
        """The residual stream after the final layer norm, [B, T, C], for ids [B, T]."""
        return self.hidden_from(self.wte(ids))

    def hidden_from(self, embedded):
        """The same for token vectors [B, T, C]."""
        positions = torch.arange(embedded.shape[1], device=embedded.device)
        x = embedded + self.wpe(positions)  # [B, T, C]
        for block in self.h:
            x = block(x)
        return self.ln_f(x)

    def forward(self, ids):
        """Logits [B, T, V] for ids [B, T]; the unembedding is the transposed embedding."""
        return F.linear(self.hidden(ids), self.wte.weight)

    def parameter_count(self):
        return sum(parameter.numel() for parameter in self.parameters())


def full_softmax_loss(x, targets, wte):
    """Mean cross entropy over the whole vocabulary; x [N, C], targets [N], wte [V, C]."""
    return F.cross_entropy(F.linear(x, wte).float(), targets)


class SampledSoftmax:
    """A cheaper estimate of the cross entropy, for most of a training run.

    The `frequent` most common tokens always take part with their exact logits, and `rest` others,
    drawn anew for each step, stand for all remaining ones with the weight (number of remaining) /
    rest. The target's own logit is always exact.
    """

    def __init__(self, counts, frequent=2048, rest=1024, device="cpu"):
        order = torch.argsort(counts, descending=True).to(device)  # [V]
        self.common, self.rare = order[:frequent], order[frequent:]
        self.is_common = torch.zeros(len(counts), dtype=torch.bool, device=device)
        self.is_common[self.common] = True
        self.rest = rest
        self.log_weight = math.log(len(self.rare) / rest)

    def candidates(self):
        """The tokens that take part in a step, [F + R]: the common ones, then those drawn."""
        drawn = torch.randperm(len(self.rare), device=self.rare.device)[: self.rest]
        return torch.cat([self.common, self.rare[drawn]])

    def loss(self, x, targets, candidates, target_rows, candidate_rows):
        """Estimated mean cross entropy; x [N, C], targets [N], and rows of the embedding:
        target_rows [N, C], candidate_rows [F + R, C]."""
        drawn = candidates[len(self.common) :]
        offset = torch.zeros(len(candidates), device=x.device, dtype=x.dtype)
        offset[len(self.common) :] = self.log_weight
        logits = F.linear(x, candidate_rows, offset).float()  # [N, F + R]
        target_logit = (x.float() * target_rows).sum(-1)  # [N]
        # A rare target takes part once, by its own logit: what was drawn of it is taken out.
        slot = torch.full((len(self.is_common),), -1, device=x.device)
        slot[drawn] = torch.arange(len(self.common), len(candidates), device=x.device)
        hit = (slot[targets] >= 0).nonzero().squeeze(1)
        logits = logits.index_put((hit, slot[targets[hit]]), logits.new_tensor(float("-inf")))
        partition = torch.logsumexp(logits, dim=1)  # [N]
        partition = torch.where(self.is_common[targets], partition, torch.logaddexp(partition, target_logit))
        return (partition - target_logit).mean()
