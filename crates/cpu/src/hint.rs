//! A hint to the processor's memory system, for kernels that know what they will touch soon. It changes no result.

/// Asks for the memory at an address, which may be any.
#[inline(always)]
pub(crate) fn ask_for(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint that every x86-64 processor has; it never faults, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address.cast())
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
