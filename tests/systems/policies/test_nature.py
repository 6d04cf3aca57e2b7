"""CnnPolicy in zips of Stable-Baselines3, against the library; other networks are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.systems.policies import load_policy
from mesascope.systems.policies.nature import convolved
from tests.systems.policies.models import (
    HEIGHT,
    WIDTH,
    images,
    need_extras,
    normal,
    rewrite,
    save_model,
    small_eyes,
    torch_file,
    truth,
)

need_extras("torch", "stable_baselines3")


def seen(count: int = 6) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, HEIGHT, WIDTH, 3), np.uint8)


def saved(folder: Path, kind: str = "PPO", **kwargs: Any) -> tuple[Any, Path]:
    """Save a CnnPolicy that looks at images, and whose answers depend on them."""
    import torch

    model, path = save_model(folder, kind, images(), policy="CnnPolicy", **kwargs)
    with torch.no_grad():
        for name, weight in model.policy.named_parameters():
            if name.startswith(("action_net.", "features_extractor.cnn", "q_net.")):
                weight.mul_(4.0)  # fresh policies answer the same to every image
    model.save(path)
    return model, path


def test_a_convolution_is_torchs() -> None:
    import torch

    rng = np.random.default_rng(0)
    for stride, kernel in ((4, 8), (2, 4), (1, 3)):
        x, weight = rng.normal(size=(2, 3, 17, 14)), rng.normal(size=(5, 3, kernel, kernel))
        bias = rng.normal(size=5)
        expected = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)), stride)
        np.testing.assert_allclose(convolved(x, weight, bias, stride), expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["PPO", "A2C"])
def test_logits_are_the_librarys(kind: str, tmp_path: Path) -> None:
    model, path = saved(tmp_path, kind)
    policy, expected = load_policy(path), truth(model, seen())
    assert np.ptp(expected, axis=0).max() > 0.01, "answers differ from image to image"
    np.testing.assert_allclose(normal(policy(seen())), expected, atol=1e-5)
    turned = seen().transpose(0, 3, 1, 2)  # channels first, as the library has them
    np.testing.assert_allclose(normal(policy(turned)), expected, atol=1e-5)
    assert "NatureCNN and its strides assumed" in policy.provenance
    with pytest.raises(BadRequest, match=r"\(3, 36, 36\)"):
        policy(np.zeros((1, 3, 36, 36), np.uint8))


def test_settings_that_change_no_layer_are_followed(tmp_path: Path) -> None:
    import torch
    from stable_baselines3.common.torch_layers import NatureCNN

    settings = {
        "features_extractor_class": NatureCNN,
        "features_extractor_kwargs": {"features_dim": 24},
        "share_features_extractor": False,
        "normalize_images": False,
        "net_arch": [9],
        "activation_fn": torch.nn.ReLU,
    }
    model, path = saved(tmp_path, policy_kwargs=settings)
    expected = truth(model, seen())
    found = normal(load_policy(path)(seen()))
    np.testing.assert_allclose(
        found, expected, rtol=1e-4, atol=1e-3
    )  # of bytes, so that they are large
    rewrite(path, data=lambda told: told["policy_kwargs"].pop("normalize_images"))
    assert np.abs(normal(load_policy(path)(seen())) - expected).max() > 1


def test_dqn_takes_its_largest_value(tmp_path: Path) -> None:
    model, path = saved(tmp_path, "DQN", policy_kwargs={"net_arch": [5]})
    expected = model.predict(seen(30), deterministic=True)[0]
    assert len(set(expected.tolist())) > 1
    assert (load_policy(path)(seen(30)).argmax(axis=1) == expected).all()


@pytest.mark.parametrize("told", ["class", "nothing", "no class"])
def test_another_network_is_refused_with_the_reason(told: str, tmp_path: Path) -> None:
    kwargs = {"features_extractor_class": small_eyes()}
    _, path = save_model(
        tmp_path,
        "PPO",
        images(7, 7),
        policy="CnnPolicy",
        policy_kwargs=kwargs,
        n_steps=8,
        batch_size=8,
    )
    if told == "nothing":
        rewrite(path, data=lambda s: s["policy_kwargs"].pop("features_extractor_class"))
        says = r"author's own \(which is not told"
    elif told == "no class":
        rewrite(path, data=lambda s: s.update(policy_kwargs={}))
        says = r"by other layers than NatureCNN's \(cnn.0.bias"
    else:
        says = "author's own .*SmallEyes.* cannot be told"
    with pytest.raises(CannotLoad, match=rf"{says}.*--trust"):
        load_policy(path)


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    model, path = saved(tmp_path)
    weights = dict(model.policy.state_dict())
    other = {**weights, "pi_features_extractor.cnn.2.bias": weights["action_net.bias"]}
    with pytest.raises(CannotLoad, match=r"cnn\.2\.bias twice"):
        load_policy(rewrite(path, policy_pth=torch_file(other)))
    for name in [n for n in weights if n.endswith("extractor.linear.0.weight")]:
        weights[name] = weights[name][:, :-1]
    with pytest.raises(CannotLoad, match="other layers than NatureCNN's"):
        load_policy(rewrite(path, policy_pth=torch_file(weights)))
