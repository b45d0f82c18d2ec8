"""Makes values.json, logits.json, gradients.json, counts.json and the .safetensors files beside it:  python make.py

Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6, safetensors; no weights are downloaded. See reference.py for the formula.
"""

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

import reference
from reference import deviation, fill, floats, images, network, write

# model, shortcut, batch, height, width, channels, classes, mode
CASES = [
    ("resnet20", "A", 4, 32, 32, 3, 10, "eval"),
    ("resnet20", "A", 4, 32, 32, 3, 10, "train"),
    ("resnet20", "B", 4, 32, 32, 3, 10, "eval"),
    ("resnet20", "B", 4, 32, 32, 3, 10, "train"),
    ("resnet8", "A", 4, 28, 28, 1, 10, "eval"),
    ("resnet8", "A", 4, 28, 28, 1, 10, "train"),
    ("resnet18", None, 4, 64, 64, 3, 10, "eval"),
    ("resnet50", None, 2, 64, 64, 3, 1000, "eval"),
    ("resnet50", None, 1, 224, 224, 3, 1000, "eval"),
    ("wrn28-10", None, 1, 32, 32, 3, 10, "eval"),
    ("resnet18-cifar", None, 4, 32, 32, 3, 10, "eval"),
    ("resnet18-cifar", None, 4, 32, 32, 3, 10, "train"),
    ("resnet8-fast", None, 4, 32, 32, 3, 10, "eval"),
    ("resnet8-fast", None, 4, 32, 32, 3, 10, "train"),
    ("resnet8-fast", None, 4, 28, 28, 1, 10, "train"),
]


def logits():
    cases = []
    for model, shortcut, batch, height, width, channels, classes, mode in CASES:
        net = fill(network(model, shortcut, channels, classes)).train(mode == "train")
        x = images(batch, height, width, channels)
        with torch.no_grad():
            single = net(x)
            double = fill(network(model, shortcut, channels, classes)).double().train(mode == "train")(x.double())
        case = dict(model=model, shortcut=shortcut, mode=mode, batch=batch, height=height, width=width)
        case |= dict(channels=channels, classes=classes, deviation=deviation(single, double), logits=floats(single))
        cases.append(case)
        print(model, shortcut, mode, f"largest {single.abs().max():.4g}", "deviation", case["deviation"])
    notes = "deviation: the float32 logits against float64 ones, the largest difference over the largest logit"
    write("logits.json", dict(versions=reference.versions(), rule=reference.RULE, notes=notes, cases=cases))


# The seed of the gradients' images. Where a rectifier's input is nearly zero, rounding may switch it and move the gradients
# by 1e-3. With seed 43 no input of a rectifier lies nearer to zero than 5.7e-6 (with 42, 4.2e-7), so that rounding cannot.
GRADIENT_SEED = 43
ORDERS = ("given", "reversed", "channels last")


def step(smoothing, order="given", double=False, bf16=False):
    """Loss, gradients and state after one forward and backward pass in training mode."""
    net, x, labels = fill(network("resnet8")).train(), images(8, 32, 32, 3, GRADIENT_SEED), torch.arange(8) % 10
    if double:
        net, x = net.double(), x.double()
    if order == "reversed":
        x, labels = x.flip(0), labels.flip(0)
    if order == "channels last":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logits = net(x)
    loss = F.cross_entropy(logits.float() if bf16 else logits, labels, label_smoothing=smoothing)
    loss.backward()
    return loss.detach(), {name: p.grad.contiguous() for name, p in net.named_parameters()}, net.state_dict()


def gradients():
    tensors, cases = {}, []
    for name, smoothing in (("plain", 0.0), ("smoothed", 0.1)):
        loss, single, state = step(smoothing)
        exact, double, _ = step(smoothing, double=True)
        tensors |= {f"{name}.{parameter}": gradient for parameter, gradient in single.items()}
        runs = [step(smoothing, order)[1] for order in ORDERS]
        spread = max(deviation(run[parameter], double[parameter]) for run in runs for parameter in run)
        half = step(smoothing, "channels last", bf16=True)[1]
        half = max(deviation(half[parameter], double[parameter]) for parameter in half)
        case = dict(name=name, smoothing=smoothing, loss=float(str(loss.numpy())), lossInDouble=exact.item(), spread=spread)
        case |= dict(bf16Spread=half)
        cases.append(case)
        print("resnet8 gradients", case)
    # The running statistics do not depend on the loss.
    tensors |= {f"after.{name}": t for name, t in state.items() if "running" in name}
    save_file(tensors, "resnet8_gradients.safetensors")
    document = dict(versions=reference.versions(), rule=reference.RULE, model="resnet8", shortcut="A")
    document |= dict(batch=8, height=32, width=32, channels=3, classes=10, inputSeed=GRADIENT_SEED, labels=[i % 10 for i in range(8)])
    notes = "In the file: CASE.NAME the gradients, after.NAME the running statistics after the step. spread: the largest "
    notes += "difference of a float32 gradient tensor from the float64 one over its largest value, for PyTorch's own result "
    notes += f"with the images {', '.join(ORDERS)}; bf16Spread: the same for PyTorch's gradients with bf16 autocast"
    write("gradients.json", document | dict(file="resnet8_gradients.safetensors", notes=notes, cases=cases))


def multiply_adds(net, height, width, channels):
    """Multiply-adds of the convolutions and of the linear layer for one image, as published figures count them."""
    total = 0

    def count(layer, inputs, output):
        nonlocal total
        if isinstance(layer, nn.Conv2d):
            total += output.numel() * layer.in_channels * layer.kernel_size[0] * layer.kernel_size[1]
        elif isinstance(layer, nn.Linear):
            total += output.numel() * layer.in_features

    for layer in net.modules():
        layer.register_forward_hook(count)
    with torch.no_grad():
        net.eval()(torch.zeros(1, channels, height, width, device="meta"))
    return total


def counts():
    # model, shortcut, height, width, channels, classes
    rows = [(f"resnet{d}", option, 32, 32, 3, 10) for d in (8, 20, 32, 44, 56, 110) for option in "AB"]
    rows += [("resnet8", "A", 28, 28, 1, 10), ("resnet20", "A", 32, 32, 3, 100)]
    rows += [(f"resnet{d}", None, 224, 224, 3, 1000) for d in (18, 34, 50, 101, 152)]
    rows += [("resnet18", None, 64, 64, 3, 10), ("resnet50", None, 64, 64, 3, 1000), ("resnet50", None, 97, 65, 1, 7)]
    rows += [("wrn28-10", None, 32, 32, 3, 10), ("wrn28-10", None, 32, 32, 3, 100)]
    rows += [("resnet18-cifar", None, 32, 32, 3, 10), ("resnet50-cifar", None, 32, 32, 3, 100)]
    rows += [("resnet8-fast", None, 32, 32, 3, 10), ("resnet8-fast", None, 28, 28, 1, 10)]
    # torchvision's documentation of the ImageNet ResNets, and 36.5M in table 4 of the WideResNet paper
    published = {"resnet18": 11689512, "resnet34": 21797672, "resnet50": 25557032, "resnet101": 44549160, "resnet152": 60192808}
    cases = []
    for model, shortcut, height, width, channels, classes in rows:
        with torch.device("meta"):
            net = network(model, shortcut, channels, classes)
        parameters = sum(p.numel() for p in net.parameters())
        if classes == 1000:
            assert parameters == published[model], (model, parameters)
        case = dict(model=model, shortcut=shortcut, height=height, width=width, channels=channels, classes=classes)
        case |= dict(parameters=parameters, multiplyAdds=multiply_adds(net, height, width, channels))
        cases.append(case)
        print(model, shortcut, height, width, classes, parameters, case["multiplyAdds"])
    notes = "parameters: learnable ones, without running statistics; multiplyAdds: convolutions and linear layer, one image"
    write("counts.json", dict(versions=reference.versions(), notes=notes, cases=cases))


def state_dictionaries():
    """Two files as PyTorch users have them: without metadata, one from DataParallel with its counters of batches."""
    save_file(fill_state("A", counters=False), "resnet8_a.safetensors")
    prefixed = {f"module.{name}": tensor for name, tensor in fill_state("B", counters=True).items()}
    save_file(prefixed, "resnet8_b_module.safetensors")


def fill_state(option, counters):
    state = fill(network("resnet8", option)).state_dict()
    return {name: tensor for name, tensor in state.items() if counters or not name.endswith("num_batches_tracked")}


def values():
    """One tensor of each kind, so that a test can see that the formula is the same in Swift, bit for bit."""
    names = ["conv1.weight", "layer2.0.downsample.0.weight", "fc.weight", "linear.bias", "fc.bias", "module.bn1.weight"]
    names += ["layer1.0.bn3.weight", "layer1.0.bn1.bias", "layer3.1.bn2.running_mean", "layer3.1.bn2.running_var"]
    shapes = [(16, 3, 3, 3), (512, 256, 1, 1), (10, 64)] + [(64,)] * 7
    cases = []
    for name, shape in zip(names, shapes, strict=True):
        tensor = reference.parameter(name, shape)
        total = tensor.flatten().double().numpy().cumsum()[-1].item()  # in binary64, from the left
        cases.append(dict(name=name, shape=list(shape), first=floats(tensor.flatten()[:4]), sum=total))
    document = dict(versions=reference.versions(), rule=reference.RULE, cases=cases)
    pixels = images(2, 3, 5, 3).permute(0, 2, 3, 1).flatten()
    write("values.json", document | dict(images=dict(shape=[2, 3, 5, 3], seed=42, values=floats(pixels))))


if __name__ == "__main__":
    reference.deterministic()
    values()
    counts()
    state_dictionaries()
    gradients()
    logits()
