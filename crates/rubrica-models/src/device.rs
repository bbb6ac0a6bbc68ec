//! Where a model runs.

use std::fmt;

use burn::tensor::Device as BurnDevice;
use serde::{Deserialize, Serialize};

use crate::{ModelError, Result};

/// The kinds of device there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// burn-flex: the CPU, with SIMD.
    Flex,
    /// The GPU through WebGPU.
    Webgpu,
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flex => "flex",
            Self::Webgpu => "webgpu",
        })
    }
}

/// A device that is ready to take tensors.
#[derive(Debug, Clone)]
pub struct Device {
    kind: DeviceKind,
    inner: BurnDevice,
}

impl Device {
    /// The CPU. Always there.
    pub fn flex() -> Self {
        Self { kind: DeviceKind::Flex, inner: BurnDevice::flex() }
    }

    /// The GPU, if there is one and this build can use it.
    ///
    /// # Errors
    /// [`ModelError::DeviceUnavailable`] with the reason.
    pub async fn webgpu() -> Result<Self> {
        #[cfg(feature = "webgpu")]
        {
            use std::cell::RefCell;
            thread_local! {
                // The runtime refuses to be initialised twice; its device is shared by cloning.
                static READY: RefCell<Option<BurnDevice>> = const { RefCell::new(None) };
            }
            if let Some(inner) = READY.with_borrow(Clone::clone) {
                return Ok(Self { kind: DeviceKind::Webgpu, inner });
            }
            let inner = BurnDevice::wgpu_options().init_async().await.map_err(|e| {
                ModelError::DeviceUnavailable { device: "webgpu", reason: e.to_string() }
            })?;
            READY.with_borrow_mut(|ready| *ready = Some(inner.clone()));
            Ok(Self { kind: DeviceKind::Webgpu, inner })
        }
        #[cfg(not(feature = "webgpu"))]
        Err(ModelError::DeviceUnavailable {
            device: "webgpu",
            reason: "this build has no WebGPU support".into(),
        })
    }

    /// The same device, with gradients.
    #[cfg(feature = "autodiff")]
    #[must_use]
    pub fn with_gradients(self) -> Self {
        Self { inner: self.inner.autodiff(), ..self }
    }

    /// Which kind it is.
    pub fn kind(&self) -> DeviceKind {
        self.kind
    }

    /// burn's handle.
    pub fn burn(&self) -> &BurnDevice {
        &self.inner
    }

    /// The error for a failure on this device.
    pub(crate) fn lost(&self, reason: impl fmt::Display) -> ModelError {
        ModelError::DeviceLost { device: self.kind.to_string(), reason: reason.to_string() }
    }
}
