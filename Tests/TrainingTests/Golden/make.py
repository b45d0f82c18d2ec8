"""Makes steps.json and schedule.json beside it:  python make.py

Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6. The networks and the formula that fills them are in
../../NetworksTests/Golden/reference.py.
"""

import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "NetworksTests" / "Golden"))

import reference
from reference import fill, images, network, write

# name, learning rate, Nesterov, weight decay, what is decayed, label smoothing
#
# At a learning rate of 0.1 ten steps amplify rounding: a rectifier whose input is nearly zero switches, and PyTorch differs
# from PyTorch by more than 1e-3 when the images of a batch change places. The cases at 0.02 are the ones to hold to 1e-3 to
# the end; `spread` says for each step how well the loss is defined at all. The strong decay makes what is decayed visible.
VARIANTS = [
    ("nesterov", 0.1, True, 5e-4, "allButBatchNorm", 0.0),
    ("momentum", 0.1, False, 5e-4, "allButBatchNorm", 0.0),
    ("everythingDecayed", 0.1, True, 5e-4, "everything", 0.0),
    ("gentleNesterov", 0.02, True, 5e-4, "allButBatchNorm", 0.0),
    ("gentleMomentum", 0.02, False, 5e-4, "allButBatchNorm", 0.0),
    ("gentleStrongDecay", 0.02, True, 5e-2, "allButBatchNorm", 0.0),
    ("gentleStrongDecayOfEverything", 0.02, True, 5e-2, "everything", 0.0),
    ("gentleSmoothed", 0.02, True, 5e-4, "allButBatchNorm", 0.1),
]
STEPS, BATCH, MOMENTUM = 10, 16, 0.9
ORDERS = ("given", "reversed", "rotated by 5", "channels last")


def train(variant, order="given", double=False):
    """The loss of each step, taken before its update, and the state afterwards."""
    _, rate, nesterov, decay, decayed, smoothing = variant
    net = fill(network("resnet8")).train()
    if double:
        net = net.double()
    if order == "channels last":
        net = net.to(memory_format=torch.channels_last)
    free = [p for name, p in net.named_parameters() if decayed == "allButBatchNorm" and "bn" in name]
    rest = [p for name, p in net.named_parameters() if decayed == "everything" or "bn" not in name]
    groups = [dict(params=rest, weight_decay=decay), dict(params=free, weight_decay=0.0)]
    optimizer = torch.optim.SGD([g for g in groups if g["params"]], rate, momentum=MOMENTUM, nesterov=nesterov)
    losses = []
    for step in range(STEPS):
        x = images(BATCH, 32, 32, 3, seed=100 + step)
        labels = (torch.arange(BATCH) * 7 + step) % 10
        if order == "reversed":
            x, labels = x.flip(0), labels.flip(0)
        if order == "rotated by 5":
            x, labels = x.roll(5, 0), labels.roll(5)
        if order == "channels last":
            x = x.contiguous(memory_format=torch.channels_last)
        loss = F.cross_entropy(net(x.double() if double else x), labels, label_smoothing=smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses, {name: t for name, t in net.state_dict().items() if not name.endswith("num_batches_tracked")}


def checksums(state):
    return {name: [t.double().sum().item(), t.double().square().sum().item()] for name, t in state.items()}


def steps():
    cases = []
    for variant in VARIANTS:
        name, rate, nesterov, decay, decayed, smoothing = variant
        runs = [train(variant, order) for order in ORDERS]
        exact, exact_state = train(variant, double=True)
        losses, state = runs[0]
        spread = [max(abs(run[0][s].item() - exact[s].item()) for run in runs) for s in range(STEPS)]
        distance = lambda t, u: ((t.double() - u).norm() / u.norm()).item()
        state_spread = max(distance(run[1][n], exact_state[n]) for run in runs for n in state)
        case = dict(name=name, learningRate=rate, nesterov=nesterov, weightDecay=decay, decayed=decayed, smoothing=smoothing)
        case |= dict(losses=[float(str(loss.numpy())) for loss in losses], lossesInDouble=[loss.item() for loss in exact])
        case |= dict(spread=[float(f"{s:.2e}") for s in spread], stateSpread=float(f"{state_spread:.2e}"))
        cases.append(case | dict(checksums=checksums(state), checksumsInDouble=checksums(exact_state)))
        print(name, case["losses"][-1], "spread", max(case["spread"]), "of the state", case["stateSpread"])
    document = dict(versions=reference.versions(), rule=reference.RULE, model="resnet8", shortcut="A", steps=STEPS)
    document |= dict(batch=BATCH, height=32, width=32, channels=3, classes=10, momentum=MOMENTUM)
    document |= dict(inputs="step s: seed 100 + s", labels="step s, image i: (7 i + s) % 10")
    notes = "losses: before the update of each step. allButBatchNorm: the linear bias is decayed. checksums: sum and sum of "
    notes += "squares of each tensor after the last step. spread: the largest distance of PyTorch's float32 loss from the "
    notes += f"float64 one with the images {', '.join(ORDERS)}; stateSpread: the same of a tensor after the last step, "
    notes += "the norm of the difference over the norm"
    write("steps.json", document | dict(notes=notes, cases=cases))


def learning_rate(kind, step, rate, total, warmup, milestones, factor):
    if step < warmup:
        return rate * min(1, (step + 1) / warmup)
    if kind == "step":
        return rate * factor ** sum(milestone <= step for milestone in milestones)
    progress = (step - warmup) / (total - warmup)
    return 0.5 * rate * (1 + math.cos(math.pi * progress)) if kind == "cosine" else rate * (1 - progress)


def schedules():
    # kind, base rate, total steps, warm-up steps, milestones, factor
    settings = [
        ("step", 0.1, 30, 0, [15, 22], 0.1),
        ("step", 0.4, 90, 5, [30, 60, 80], 0.1),
        ("step", 0.2, 20, 8, [8, 9, 19], 0.2),
        ("step", 0.1, 12, 3, [], 0.1),
        ("cosine", 0.2, 1248, 156, [], 0),
        ("cosine", 0.1, 25, 0, [], 0),
        ("cosine", 0.05, 10, 1, [], 0),
        ("linear", 0.2, 40, 10, [], 0),
        ("linear", 0.3, 7, 0, [], 0),
        ("linear", 0.1, 1, 0, [], 0),
    ]
    cases = []
    for kind, rate, total, warmup, milestones, factor in settings:
        rates = [learning_rate(kind, step, rate, total, warmup, milestones, factor) for step in range(total)]
        case = dict(kind=kind, learningRate=rate, totalSteps=total, warmupSteps=warmup)
        case |= dict(milestones=milestones, factor=factor) if kind == "step" else {}
        cases.append(case | dict(rates=rates))
    formulas = {
        "warm-up, step < W": "rate * min(1, (step + 1) / W)",
        "step": "rate * factor ^ (number of milestones <= step)",
        "cosine": "0.5 * rate * (1 + cos(pi * (step - W) / (total - W)))",
        "linear": "rate * (1 - (step - W) / (total - W))",
    }
    write("schedule.json", dict(formulas=formulas, cases=cases))


if __name__ == "__main__":
    reference.deterministic()
    schedules()
    steps()
