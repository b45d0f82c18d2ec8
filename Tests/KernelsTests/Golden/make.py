"""Writes golden.json beside itself: what PyTorch computes for the kernels' cases, in the kernels' layouts.

    python3 make.py        (made with PyTorch 2.13 on a CPU, in double precision)

Images are NHWC, convolution weights [kernelHeight][kernelWidth][inputs][outputs]. All values are rounded to seven
digits; the inputs are so before they are used, so that the results belong to what is written.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(1)


def random(*shape, scale=1.0, shift=0.0):
    return torch.tensor([float(f"{v:.4g}") for v in (torch.randn(shape, dtype=torch.float64) * scale + shift).flatten()],
                        dtype=torch.float64).reshape(shape)


def flat(tensor):
    return [float(f"{v:.7g}") for v in tensor.detach().flatten()]


def nhwc(tensor):
    return flat(tensor.permute(0, 2, 3, 1)) if tensor.dim() == 4 else flat(tensor)


def convolution(images, height, width, inputs, outputs, kernel_height, kernel_width, stride, padding):
    x = random(images, inputs, height, width).requires_grad_()
    w = random(outputs, inputs, kernel_height, kernel_width).requires_grad_()
    y = F.conv2d(x, w, stride=stride, padding=padding)
    dy = random(*y.shape)
    y.backward(dy)
    weights = lambda t: flat(t.permute(2, 3, 1, 0))
    return dict(images=images, height=height, width=width, inputs=inputs, outputs=outputs, kernelHeight=kernel_height,
                kernelWidth=kernel_width, stride=stride, padding=padding, input=nhwc(x), weights=weights(w),
                output=nhwc(y), outputGradient=nhwc(dy), inputGradient=nhwc(x.grad), weightGradient=weights(w.grad))


def normalization(images, height, width, channels, rectify, shift, scale):
    x = random(images, channels, height, width, scale=scale, shift=shift).requires_grad_()
    r = random(images, channels, height, width).requires_grad_()
    layer = torch.nn.BatchNorm2d(channels, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(random(channels, scale=0.3, shift=1))
        layer.bias.copy_(random(channels))
    first = [flat(layer.weight), flat(layer.bias)]
    y = layer(x) + r
    y = F.relu(y) if rectify else y
    dy = random(*y.shape)
    y.backward(dy)
    running = [flat(layer.running_mean), flat(layer.running_var)]
    layer.eval()
    return dict(images=images, height=height, width=width, channels=channels, rectify=rectify, gamma=first[0],
                beta=first[1], input=nhwc(x), residual=nhwc(r), output=nhwc(y), outputGradient=nhwc(dy),
                inputGradient=nhwc(x.grad), residualGradient=nhwc(r.grad), gammaGradient=flat(layer.weight.grad),
                betaGradient=flat(layer.bias.grad), runningMean=running[0], runningVariance=running[1],
                inference=nhwc(layer(x)))


def pooling(images, height, width, channels, kernel, stride, padding):
    x = random(images, channels, height, width).requires_grad_()
    maximum = F.max_pool2d(x, kernel, stride, padding)
    dy = random(*maximum.shape)
    maximum.backward(dy)
    by_maximum, x.grad = x.grad, None
    average = F.avg_pool2d(x, kernel, stride, padding)
    average.backward(dy)
    return dict(images=images, height=height, width=width, channels=channels, kernel=kernel, stride=stride,
                padding=padding, input=nhwc(x), maximum=nhwc(maximum), average=nhwc(average), outputGradient=nhwc(dy),
                maximumGradient=nhwc(by_maximum), averageGradient=nhwc(x.grad))


def loss(images, classes, smoothing, scale):
    x = random(images, classes, scale=scale).requires_grad_()
    labels = torch.randint(classes, (images,))
    value = F.cross_entropy(x, labels, label_smoothing=smoothing)
    value.backward()
    return dict(classes=classes, smoothing=smoothing, logits=flat(x), labels=labels.tolist(), loss=value.item(),
                gradient=flat(x.grad), probabilities=flat(F.softmax(x, dim=1)))


def descent(rate, momentum, decay, nesterov):
    p = random(5).requires_grad_()
    optimizer = torch.optim.SGD([p], lr=rate, momentum=momentum, weight_decay=decay, nesterov=nesterov)
    start, gradients, after = flat(p), [], []
    for _ in range(4):
        p.grad = random(5)
        gradients.append(flat(p.grad))
        optimizer.step()
        after.append(flat(p))
    return dict(learningRate=rate, momentum=momentum, weightDecay=decay, nesterov=nesterov, start=start,
                gradients=gradients, after=after)


golden = dict(
    convolutions=[convolution(2, 5, 6, 3, 4, 3, 3, 1, 1), convolution(2, 7, 5, 5, 3, 3, 3, 2, 1),
                  convolution(1, 6, 6, 4, 6, 1, 1, 2, 0), convolution(1, 9, 8, 3, 2, 7, 7, 2, 3),
                  convolution(1, 5, 7, 2, 3, 3, 2, 1, 2), convolution(1, 10, 9, 8, 5, 3, 3, 1, 1)],
    normalizations=[normalization(2, 4, 3, 5, True, 0.3, 1.0), normalization(3, 2, 2, 17, False, 5.0, 0.5)],
    poolings=[pooling(2, 7, 6, 3, 3, 2, 1), pooling(1, 6, 6, 2, 2, 2, 0)],
    losses=[loss(4, 10, 0.0, 1.0), loss(3, 17, 0.1, 5.0)],
    descents=[descent(0.1, 0.9, 5e-4, False), descent(0.05, 0.9, 1e-3, True), descent(0.2, 0.0, 0.0, False)],
)
path = pathlib.Path(__file__).with_name("golden.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
