"""Makes preparations.json: what the references of the extractors make of images before their networks see them.

Made with Python 3.11.7, torch 2.13.0+cpu, torchvision 0.28.0, torch-fidelity 0.4.0, clean-fid 0.1.35, clip-anytorch 2.6.0 and
Pillow. Byte i of an image is floor(256 U(seed, i)) with the U of Tests/NetworksTests/Golden/reference.py, HWC.
"""

import importlib
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "NetworksTests" / "Golden"))
import reference

_register = torch.library.register_fake
torch.library.register_fake = lambda name, *rest, **more: (
    (lambda function: function) if str(name).startswith("torchvision::") else _register(name, *rest, **more))
sys.modules.setdefault(
    "pkg_resources", types.SimpleNamespace(packaging=importlib.import_module("packaging.version") and importlib.import_module("packaging")))

import torchvision.models as models
import torchvision.transforms as transforms
from clip.clip import _transform
from cleanfid.resize import make_resizer
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def planes(array):
    return torch.from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1))).float()[None]


def tensorflow(array):
    x = interpolate_bilinear_2d_like_tensorflow1x(planes(array), size=(299, 299), align_corners=False)
    return ((x - 128) / 128)[0]


def clean(array):
    x = make_resizer("PIL", False, "bicubic", (299, 299))(array)
    return torch.from_numpy(((x - 128) / 128).transpose(2, 0, 1))


def pytorch_fid(array):
    x = torch.nn.functional.interpolate(planes(array) / 255, size=(299, 299), mode="bilinear", align_corners=False)
    return (2 * x - 1)[0]


def inception(array):
    x = models.Inception_V3_Weights.IMAGENET1K_V1.transforms()(Image.fromarray(array))[None]
    network = models.inception_v3(weights=None, init_weights=False, transform_input=True, aux_logits=False)
    return network._transform_input(x)[0]


def classifier(weights):
    return lambda array: weights.transforms()(Image.fromarray(array))


def efficientnet(array):
    x = transforms.CenterCrop(224)(transforms.Resize(256, Image.BICUBIC)(Image.fromarray(array)))
    return torch.from_numpy(((np.asarray(x, dtype=np.float32) - 127) / 128).transpose(2, 0, 1))


def dinov2(array):
    steps = [transforms.Resize(256, Image.BICUBIC), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(*IMAGENET)]
    return transforms.Compose(steps)(Image.fromarray(array))


REFERENCES = {
    "inception-v3-fid": tensorflow, "inception-v3-fid-clean": clean, "inception-v3-fid-pytorch": pytorch_fid,
    "inception-v3": inception, "resnet50": classifier(models.ResNet50_Weights.IMAGENET1K_V1),
    "squeezenet1.1": classifier(models.SqueezeNet1_1_Weights.IMAGENET1K_V1), "efficientnet-lite0": efficientnet,
    "clip-vit-b32": lambda array: _transform(224)(Image.fromarray(array)), "dinov2-vits14": dinov2,
}

cases = []
for name, prepare in REFERENCES.items():
    for seed, (height, width, channels) in enumerate([(32, 32, 3), (48, 64, 3), (401, 300, 3), (28, 28, 1)]):
        values = np.floor(256 * reference.uniform(seed, height * width * channels)).astype(np.uint8)
        array = values.reshape(height, width, channels).repeat(3 // channels, axis=2)
        result = prepare(array).detach().double().numpy().transpose(1, 2, 0).ravel()
        places = list(range(0, result.size, result.size // 60))
        cases.append({
            "features": name, "seed": seed, "height": height, "width": width, "channels": channels,
            "count": int(result.size), "mean": float(result.mean()), "places": places,
            "samples": [float(np.float32(result[place])) for place in places]})
(Path(__file__).parent / "preparations.json").write_text(json.dumps({"cases": cases}) + "\n")
