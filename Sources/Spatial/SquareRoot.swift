/// The integer square root, rounded down: exact for every 64-bit value.
///
/// Eight bits of the root come from a table; each of two Newton steps doubles the bits that are
/// right, with one short division. Every estimate is within one of the true root of the digits
/// looked at so far, so the last one is the answer or one above it.
/// Source: P. Zimmermann, "Karatsuba Square Root", INRIA RR-3805 (1999); the bound on the estimates
/// is M. Dickinson's, who wrote CPython's `math.isqrt` (Modules/mathmodule.c) in the same shape.
public func squareRoot(_ value: UInt64) -> UInt64 {
  guard value > 0 else { return 0 }
  // An even shift keeps the root of the shifted value a shifted root.
  let shift = UInt64(truncatingIfNeeded: value.leadingZeroBitCount) & ~1
  let n = value &<< shift
  let start = UInt32(firstRoots[Int(truncatingIfNeeded: n &>> 56) &- 64])
  let half = (start &<< 7) &+ UInt32(truncatingIfNeeded: n &>> 41) / start
  let root = (UInt64(half) &<< 15) &+ (n &>> 17) / UInt64(half)
  // A root of 2³² would square to 0: the guess for the largest values is one too large as well.
  let isTooLarge = root &>> 32 != 0 || root &* root > n
  return (root &- (isTooLarge ? 1 : 0)) &>> (shift &>> 1)
}

/// Entry `i - 64` is the square root of 256 · (i + ½), rounded: the root of a normalised value whose
/// top byte is `i`, 64 ... 255.
private let firstRoots: InlineArray<192, UInt8> = [
  128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
  144, 144, 145, 146, 147, 148, 149, 150, 151, 151, 152, 153, 154, 155, 156, 156,
  157, 158, 159, 160, 160, 161, 162, 163, 164, 164, 165, 166, 167, 167, 168, 169,
  170, 170, 171, 172, 173, 173, 174, 175, 176, 176, 177, 178, 179, 179, 180, 181,
  181, 182, 183, 183, 184, 185, 186, 186, 187, 188, 188, 189, 190, 190, 191, 192,
  192, 193, 194, 194, 195, 196, 196, 197, 198, 198, 199, 200, 200, 201, 201, 202,
  203, 203, 204, 205, 205, 206, 206, 207, 208, 208, 209, 210, 210, 211, 211, 212,
  213, 213, 214, 214, 215, 216, 216, 217, 217, 218, 219, 219, 220, 220, 221, 221,
  222, 223, 223, 224, 224, 225, 225, 226, 227, 227, 228, 228, 229, 229, 230, 230,
  231, 232, 232, 233, 233, 234, 234, 235, 235, 236, 237, 237, 238, 238, 239, 239,
  240, 240, 241, 241, 242, 242, 243, 243, 244, 244, 245, 246, 246, 247, 247, 248,
  248, 249, 249, 250, 250, 251, 251, 252, 252, 253, 253, 254, 254, 255, 255, 255,
]
