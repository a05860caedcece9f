"""Writes models of random weights at tiny size, to be run by ComfyUI's own Python in its checkout.

    cd COMFYUI && PYTHONPATH=CUSTOM_NODES VENV/bin/python tiny_models.py MODELS_FOLDER

The classes are ComfyUI's, so the keys of a file are just those that it looks for when it tells one model from
another; the names are those that the shipped workflows ask for.
"""

# ruff: noqa: E402 - ComfyUI reads the command line as it is imported
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.argv, folder = [sys.argv[0], "--cpu"], Path(sys.argv[1])

import comfy.options

comfy.options.enable_args_parsing()

import comfy.ldm.lightricks.model
import comfy.ldm.lightricks.vae.causal_video_autoencoder
import comfy.ldm.wan.model
import comfy.ldm.wan.vae
import comfy.ldm.wan.vae2_2
import comfy.ops
import comfy.sd
import sentencepiece
import torch
import tower_live
from safetensors.torch import save_file

HALF = torch.float16
Tensors = dict[str, torch.Tensor]
MARK_OF_XXL = "encoder.block.23.layer.1.DenseReluDense.wi_1.weight"


def save(tensors: Tensors, *at: str, config: Mapping[str, Any] | None = None) -> None:
    path = folder.joinpath(*at)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"config": json.dumps(config)} if config else None
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata=metadata)


def random_weights(model: torch.nn.Module, dtype: torch.dtype = HALF) -> Tensors:
    made = torch.Generator().manual_seed(1)
    return {
        name: (torch.randn(value.shape, generator=made) * 0.02).to(dtype)
        if value.is_floating_point()
        else value
        for name, value in model.state_dict().items()
    }


def wan(**sizes: Any) -> Tensors:
    model = comfy.ldm.wan.model.WanModel(
        dim=128, ffn_dim=32, num_heads=1, num_layers=2, operations=comfy.ops.disable_weight_init, **sizes
    )
    return random_weights(model)


def wan_vace() -> Tensors:
    model = comfy.ldm.wan.model.VaceWanModel(
        dim=128, ffn_dim=32, num_heads=1, num_layers=2, vace_layers=1, vace_in_dim=96,
        operations=comfy.ops.disable_weight_init,
    )  # fmt: skip
    return random_weights(model)


def lora(rank: int = 4) -> Tensors:
    """For one layer of the Wan models and one of LTX."""
    sides = {
        "diffusion_model.blocks.0.self_attn.q": 128,
        "diffusion_model.transformer_blocks.0.attn1.to_q": 64,
    }
    return {
        f"{layer}.lora_{end}.weight": torch.full(shape, 0.01, dtype=HALF)
        for layer, side in sides.items()
        for end, shape in (("A", (rank, side)), ("B", (side, rank)))
    }


def wan_vae() -> Tensors:
    model = comfy.ldm.wan.vae.WanVAE(
        z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=2, temperal_downsample=[False, True, True]
    )
    return random_weights(model)


def wan_22_vae() -> Tensors:
    model = comfy.ldm.wan.vae2_2.WanVAE(
        z_dim=48, dim_mult=[1, 2, 4, 4], num_res_blocks=2, temperal_downsample=[False, True, True]
    )
    return random_weights(model)


def is_xxl(mark: torch.Tensor) -> bool:
    return comfy.sd.detect_te_model({MARK_OF_XXL: mark}) is comfy.sd.TEModel.T5_XXL


def text_encoder(config_name: str, special_tokens: Mapping[str, int]) -> Tensors:
    """The encoder at its tiny size, with the one tensor that servers tell its true size by."""
    config = Path(comfy.sd1_clip.__file__).with_name("text_encoders") / config_name
    model = comfy.sd1_clip.SDClipModel(
        textmodel_json_config=str(config),
        model_class=comfy.text_encoders.t5.T5,
        special_tokens=special_tokens,
    )
    weights = random_weights(model.transformer)
    shapes = ((10240, 1), (1, 4096))  # today's servers look at the first side, those of 2025 at the last
    marks = (torch.zeros(shape, dtype=HALF) for shape in shapes)
    return weights | {MARK_OF_XXL: next(mark for mark in marks if is_xxl(mark))}


def tokenizer() -> torch.Tensor:
    """A sentencepiece model of single letters, as bytes in a tensor: that is how umt5 files carry theirs."""
    letters = [chr(code) for code in range(32, 127)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([f"{a}{b}{c}" for a in letters for b in letters for c in letters[::30]]),
        model_writer=model,
        vocab_size=tower_live.UMT5["vocab_size"],
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    return torch.frombuffer(bytearray(model.getvalue()), dtype=torch.uint8)


def clip_vision() -> Tensors:
    config = Path(comfy.clip_vision.__file__).with_name("clip_vision_config_h.json")
    weights = random_weights(comfy.clip_vision.ClipVisionModel(str(config)).model)
    return weights | {"vision_model.encoder.layers.30.layer_norm1.weight": torch.zeros(1, dtype=HALF)}


def ltx() -> tuple[Tensors, dict[str, Any]]:
    """Transformer and VAE in one checkpoint; both sizes are read off its metadata."""
    transformer = {"num_attention_heads": 2, "attention_head_dim": 32, "num_layers": 2}
    transformer |= {"cross_attention_dim": 64, "caption_channels": tower_live.T5["d_model"]}
    block = ["res_x", {"num_layers": 1, "inject_noise": False}]
    vae = {
        "dims": 3,
        "latent_channels": 128,
        "norm_layer": "pixel_norm",
        "patch_size": 4,
        "latent_log_var": "uniform",
    }
    vae |= {"encoder_base_channels": 8, "decoder_base_channels": 8, "timestep_conditioning": False}
    vae |= {"encoder_blocks": [block, ["compress_all", {}]] * 3 + [block], "spatial_padding_mode": "zeros"}
    vae |= {"decoder_blocks": [block, ["compress_all", {}]] * 3 + [block]}
    model = comfy.ldm.lightricks.model.LTXVModel(operations=comfy.ops.disable_weight_init, **transformer)
    coder = comfy.ldm.lightricks.vae.causal_video_autoencoder.VideoVAE(config=vae)
    weights = {f"model.diffusion_model.{k}": v for k, v in random_weights(model, torch.bfloat16).items()}
    weights |= {f"vae.{k}": v for k, v in random_weights(coder, torch.bfloat16).items()}
    return weights, {"transformer": transformer, "vae": vae}


def main() -> None:
    save(wan(), "diffusion_models", "wan2.1_t2v_1.3B_fp16.safetensors")
    save(wan(model_type="i2v", in_dim=36), "diffusion_models", "wan2.1_i2v_480p_14B_fp16.safetensors")
    save(wan(in_dim=48, out_dim=48), "diffusion_models", "wan2.2_ti2v_5B_fp16.safetensors")
    save(wan_vace(), "diffusion_models", "wan2.1_vace_1.3B_fp16.safetensors")
    save(lora(), "loras", "kai.safetensors")
    save(wan_vae(), "vae", "wan_2.1_vae.safetensors")
    save(wan_22_vae(), "vae", "wan2.2_vae.safetensors")
    umt5 = text_encoder("umt5_config_xxl.json", {"end": 1, "pad": 0}) | {"spiece_model": tokenizer()}
    save(umt5, "text_encoders", "umt5_xxl_fp8_e4m3fn_scaled.safetensors")
    t5 = text_encoder("t5_config_xxl.json", {"end": 1, "pad": 0})
    save(t5, "text_encoders", "t5xxl_fp16.safetensors")
    save(clip_vision(), "clip_vision", "clip_vision_h.safetensors")
    weights, config = ltx()
    save(weights, "checkpoints", "ltx-video-2b-v0.9.5.safetensors", config=config)


if __name__ == "__main__":
    main()
