"""python -m unittest test_train.py (in this folder, with the packages of requirements.txt)"""

import contextlib
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import torch

import train
from export import export, load_exported
from model import GPT, GPTConfig, SampledSoftmax, full_softmax_loss
from muon import Muon, orthogonalised
from positions import add_backward_heads

TINY = GPTConfig(n_layer=2, n_head=2, n_embd=32, n_positions=64, vocab_size=500)


def message_of(test, action):
    """The sentence that `action` stops with."""
    with test.assertRaises(SystemExit) as stopped:
        action()
    message = stopped.exception.code
    test.assertIsInstance(message, str)
    test.assertNotIn("\n", message)
    test.assertTrue(message.startswith("train: "))
    return message


class Checkpoints(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "checkpoint.pt"
        torch.manual_seed(0)
        self.model = GPT(TINY)
        self.state = {
            "config": TINY.as_dict(),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in train.optimizers(self.model)],
            "progress": {"step": 3, "tokens": 300, "seconds": 1.5},
        }

    def test_comes_back_as_it_was(self):
        train.write_checkpoint(self.path, self.state)
        model, optimizers, progress = train.read_checkpoint(self.path)
        self.assertEqual(progress, self.state["progress"])
        self.assertEqual(len(optimizers), 3)
        for name, tensor in self.model.state_dict().items():
            self.assertTrue(torch.equal(tensor, model.state_dict()[name]), name)
        self.assertEqual([file.name for file in self.path.parent.iterdir()], ["checkpoint.pt"])

    def test_says_that_a_cut_off_one_cannot_be_read(self):
        train.write_checkpoint(self.path, self.state)
        content = self.path.read_bytes()
        for length in (0, 1, 1000, len(content) // 2, len(content) - 1):
            self.path.write_bytes(content[:length])
            message = message_of(self, lambda: train.read_checkpoint(self.path))
            self.assertIn(f"{self.path} cannot be read (", message)
            self.assertIn("delete it to begin anew", message)

    def test_says_that_something_else_cannot_be_read(self):
        self.path.write_text("this is no checkpoint")
        self.assertIn("cannot be read", message_of(self, lambda: train.read_checkpoint(self.path)))
        torch.save({"model": {}}, self.path)
        self.assertIn("cannot be read", message_of(self, lambda: train.read_checkpoint(self.path)))
        torch.save(self.state | {"config": TINY.as_dict() | {"n_embd": 64}}, self.path)
        self.assertIn("cannot be read", message_of(self, lambda: train.read_checkpoint(self.path)))

    def last_good_one_survives(self, condition):
        train.write_checkpoint(self.path, self.state)
        good = self.path.read_bytes()
        with condition:
            message = message_of(self, lambda: train.write_checkpoint(self.path, self.state))
        self.assertIn(f"the last good one is still at {self.path}", message)
        self.assertEqual(self.path.read_bytes(), good)
        self.assertEqual([file.name for file in self.path.parent.iterdir()], ["checkpoint.pt"])
        train.read_checkpoint(self.path)
        return message

    def test_keeps_the_last_good_one_on_a_nearly_full_disk(self):
        nearly_full = mock.Mock(free=train.KEPT_FREE_BYTES - 1)
        message = self.last_good_one_survives(
            mock.patch.object(train.shutil, "disk_usage", return_value=nearly_full)
        )
        self.assertIn("less than 2 GB free", message)

    @unittest.skipUnless(Path("/dev/full").exists(), "needs /dev/full")
    def test_keeps_the_last_good_one_when_the_disk_fills_while_writing(self):
        @contextlib.contextmanager
        def full_device():  # every write to it fails as on a full disk
            self.path.with_suffix(".partial").symlink_to("/dev/full")
            yield

        self.last_good_one_survives(full_device())

    def test_says_when_there_is_none_yet(self):
        with mock.patch.object(train.torch, "save", side_effect=OSError(28, "No space left on device")):
            message = message_of(self, lambda: train.write_checkpoint(self.path, self.state))
        self.assertIn("No space left on device", message)
        self.assertIn("there is none yet", message)


class Exported(unittest.TestCase):
    def test_comes_back_as_it_was(self):
        torch.manual_seed(0)
        model = GPT(TINY)
        with tempfile.TemporaryDirectory() as folder:
            export(model, Path(folder) / "model", "float32")
            back = load_exported(Path(folder) / "model")
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(tensor, back.state_dict()[name]), name)

    def test_its_card_tells_of_the_training_so_far(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            self.assertIn("no model card", message_of(self, lambda: train.earlier_training(folder)))
            (folder / "MODEL_CARD.md").write_text("Nothing.\n")
            self.assertIn("does not say", message_of(self, lambda: train.earlier_training(folder)))
            (folder / "MODEL_CARD.md").write_text("A\n\n6,287,360 tokens seen, 1,535 steps, 1.5 hours on\n")
            self.assertEqual(
                train.earlier_training(folder), {"tokens": 6_287_360, "step": 1535, "seconds": 5400.0}
            )


class Losses(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.model = GPT(TINY)
        with torch.no_grad():
            self.model.wte.weight.mul_(20)  # far from uniform
        self.ids = torch.randint(0, TINY.vocab_size, (6, 33))
        self.inputs, self.targets = self.ids[:, :-1], self.ids[:, 1:]

    def gradients(self, sampled, is_full, workers):
        with ThreadPoolExecutor(workers) as pool:
            whole = train.Gradients(self.model, sampled, workers, pool, contextlib.nullcontext)
            loss = whole.compute(self.inputs, self.targets, is_full)
        return loss, [parameter.grad.clone() for parameter in self.model.parameters()]

    def test_in_parts_are_those_of_the_whole_batch(self):
        loss = full_softmax_loss(
            self.model.hidden(self.inputs).flatten(0, 1), self.targets.flatten(), self.model.wte.weight
        )
        expected = torch.autograd.grad(loss, list(self.model.parameters()))
        everything = SampledSoftmax(torch.rand(TINY.vocab_size), frequent=100, rest=400)
        for is_full in (True, False):  # a sample of everything is the full softmax
            for workers in (1, 2, 4):
                value, gradients = self.gradients(everything, is_full, workers)
                self.assertAlmostEqual(value, loss.item(), places=4)
                for gradient, reference in zip(gradients, expected, strict=True):
                    torch.testing.assert_close(gradient, reference, rtol=1e-3, atol=1e-6)

    def test_of_a_sample_are_near_the_full_one(self):
        with torch.no_grad():
            self.model.wte.weight.mul_(0.2)  # a sample of few very likely ones is no estimate
        sampled = SampledSoftmax(torch.rand(TINY.vocab_size), frequent=100, rest=200)
        full, _ = self.gradients(sampled, True, 1)
        estimates = [self.gradients(sampled, False, 2)[0] for _ in range(50)]
        self.assertAlmostEqual(sum(estimates) / 50, full, delta=0.05 * full)


class Muons(unittest.TestCase):
    def test_singular_values_come_near_one(self):
        torch.manual_seed(0)
        for rows, columns in ((48, 48), (48, 128), (128, 48)):
            values = torch.linalg.svdvals(orthogonalised(torch.randn(2, rows, columns)))
            self.assertLess(values.max(), 1.3)
            self.assertGreater(values.median(), 0.6)

    def test_steps_as_torch_does(self):
        torch.manual_seed(0)
        shapes = ((96, 32), (32, 32), (128, 32), (32, 128))
        ours = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
        theirs = [torch.nn.Parameter(matrix.detach().clone()) for matrix in ours]
        begin = [matrix.detach().clone() for matrix in ours]
        muon = Muon(ours, lr=0.1)
        reference = torch.optim.Muon(
            theirs, lr=0.1, momentum=0.95, weight_decay=0.02, adjust_lr_fn="original"
        )
        for _ in range(3):
            for one, other in zip(ours, theirs, strict=True):
                one.grad = torch.randn_like(one)
                other.grad = one.grad.clone()
            muon.step()
            reference.step()
        for one, other, first in zip(ours, theirs, begin, strict=True):
            moved = (other - first).norm()
            self.assertGreater(moved, 1)
            self.assertLess((one - other).norm(), 0.02 * moved)  # theirs is in bfloat16


class BackwardHeads(unittest.TestCase):
    def test_look_back_as_far_as_they_should(self):
        torch.manual_seed(0)
        config = GPTConfig(n_layer=2, n_head=2, n_embd=128, n_positions=128, vocab_size=500)
        model = GPT(config)
        add_backward_heads(model, torch.rand(config.vocab_size), {0: 1, 1: 3}, size=0.02)
        first = model.h[0]
        ids = torch.randint(0, config.vocab_size, (1, config.n_positions))
        with torch.no_grad():
            x = first.ln_1(model.wte(ids) + model.wpe.weight)[0]  # [T, C]
            q, k, _ = first.attn.c_attn(x).view(config.n_positions, 3, 2, 64).unbind(1)  # [T, H, 64]
            for head, back in ((0, 1), (1, 3)):
                scores = q[:, head] @ k[:, head].T / 8
                for query in range(back, config.n_positions):
                    self.assertEqual(scores[query, : query + 1].argmax(), query - back)


class Windows(unittest.TestCase):
    def test_repeat_a_stretch_when_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            np.arange(10_000, dtype=np.uint16).tofile(Path(folder) / "prose.bin")
            batches = train.Batches(Path(folder), {"prose": 1.0}, seed=0)
            inputs, targets = batches.next(8, 64)
            self.assertTrue(torch.equal(targets, inputs + 1))
            inputs, targets = batches.next(8, 64, repeating=1.0)
            for row in torch.cat([inputs, targets[:, -1:]], dim=1):
                period = len(row.unique())
                self.assertTrue(24 <= period < 32)
                self.assertTrue(torch.equal(row[period:], row[:-period]))


if __name__ == "__main__":
    unittest.main()
