export type ColorProfile = 'srgb' | 'display-p3' | 'other-rgb' | 'not-rgb';

type Colorants = readonly (readonly [x: number, y: number, z: number])[];

/** Red, green and blue colorants, adapted to D50. */
const colorantsOf: Record<'srgb' | 'display-p3', Colorants> = {
  srgb: [
    [0.436, 0.2225, 0.0139],
    [0.3851, 0.7169, 0.0971],
    [0.1431, 0.0606, 0.7141],
  ],
  'display-p3': [
    [0.5151, 0.2412, -0.0011],
    [0.292, 0.6922, 0.0419],
    [0.1571, 0.0666, 0.7841],
  ],
};

/**
 * Recognizes the colour space of an ICC profile by its numbers, not by its name. `srgb` and `display-p3` need no
 * conversion.
 * @see ICC.1:2022 sections 7.2, 9.2, 10.6 and 10.18
 */
export function readColorProfile(icc: Uint8Array | undefined): ColorProfile {
  if (icc === undefined) return 'srgb';
  try {
    return classify(Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return 'srgb';
    throw error;
  }
}

function classify(profile: Buffer): ColorProfile {
  if (profile.toString('latin1', 16, 20) !== 'RGB ') return 'not-rgb';
  const tags = readTags(profile);
  const colorants = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => tags.get(name));
  const curve = tags.get('gTRC');
  if (tags.has('A2B0') || curve === undefined || !hasSrgbCurve(profile, curve)) return 'other-rgb';
  const matches = (expected: Colorants) =>
    colorants.every(
      (at, row) =>
        at !== undefined &&
        expected[row]?.every((value, column) => Math.abs(readFixed(profile, at + 8 + column * 4) - value) < 0.004),
    );
  if (matches(colorantsOf.srgb)) return 'srgb';
  return matches(colorantsOf['display-p3']) ? 'display-p3' : 'other-rgb';
}

function readTags(profile: Buffer): Map<string, number> {
  const tags = new Map<string, number>();
  const count = Math.min(profile.readUInt32BE(128), 200);
  for (let index = 0; index < count; index += 1) {
    const at = 132 + index * 12;
    tags.set(profile.toString('latin1', at, at + 4), profile.readUInt32BE(at + 4));
  }
  return tags;
}

function hasSrgbCurve(profile: Buffer, at: number): boolean {
  return [0.1, 0.5, 0.9].every((input) => {
    const expected = input <= 0.04045 ? input / 12.92 : ((input + 0.055) / 1.055) ** 2.4;
    return Math.abs(evaluateCurve(profile, at, input) - expected) < 0.005;
  });
}

function evaluateCurve(profile: Buffer, at: number, input: number): number {
  if (profile.toString('latin1', at, at + 4) === 'para') return evaluateParametric(profile, at, input);
  const count = profile.readUInt32BE(at + 8);
  if (count === 0) return input;
  if (count === 1) return input ** (profile.readUInt16BE(at + 12) / 256);
  const position = input * (count - 1);
  const sample = (index: number) => profile.readUInt16BE(at + 12 + Math.min(index, count - 1) * 2) / 65_535;
  const low = sample(Math.floor(position));
  return low + (sample(Math.floor(position) + 1) - low) * (position - Math.floor(position));
}

function evaluateParametric(profile: Buffer, at: number, input: number): number {
  const kind = profile.readUInt16BE(at + 8);
  const parameter = (index: number) => readFixed(profile, at + 12 + index * 4);
  if (kind === 0) return input ** parameter(0);
  if (kind !== 3) return Number.NaN;
  const linear = input < parameter(4);
  return linear ? parameter(3) * input : (parameter(1) * input + parameter(2)) ** parameter(0);
}

function readFixed(profile: Buffer, at: number): number {
  return profile.readInt32BE(at) / 65_536;
}
