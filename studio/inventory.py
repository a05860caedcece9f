"""The model files that a server has, by the folder of ComfyUI in which they lie."""

from collections.abc import Mapping
from typing import Any, Final

from studio.workflows import Model, choices

FOLDERS: Final[Mapping[tuple[str, str], str]] = {
    ("CheckpointLoaderSimple", "ckpt_name"): "checkpoints",
    ("UNETLoader", "unet_name"): "diffusion_models",
    ("UnetLoaderGGUF", "unet_name"): "diffusion_models",
    ("LoraLoaderModelOnly", "lora_name"): "loras",
    ("VAELoader", "vae_name"): "vae",
    ("CLIPLoader", "clip_name"): "text_encoders",
    ("CLIPVisionLoader", "clip_name"): "clip_vision",
    ("ControlNetLoader", "control_net_name"): "controlnet",
    ("UpscaleModelLoader", "model_name"): "upscale_models",
}
"""What each loader offers, by node class and input."""


def model_files(object_info: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Folder and file of every model that a server's loaders offer."""
    return frozenset(
        (folder, file)
        for (class_type, name), folder in FOLDERS.items()
        for file in choices(object_info, Model(class_type, name, ""))
    )
