import { decline } from './declined.ts';
import { getMakerNote, hasMakerNote, parseDirectory, readText, type ExifDirectory } from './exif-directory.ts';

export interface MakerNoteFindings {
  tags: Record<string, string>;
  /** The notes may contain a date that is used if EXIF has no precise one. */
  mayCarryDate: boolean;
}

/**
 * Reads the maker notes of phones. Declines those of cameras: they may contain the name of the lens, a time zone, or
 * other values of the exposure.
 */
export function readMakerNotes(exif: ExifDirectory, make: string, littleEndian: boolean): MakerNoteFindings {
  if (!hasMakerNote(exif)) return { tags: {}, mayCarryDate: false };
  const note = getMakerNote(exif);
  const start = note.toString('latin1', 0, 24);
  if (start.startsWith('Apple iOS\0')) return { tags: readAppleNote(note), mayCarryDate: false };
  if (start.startsWith('HDRP\x02') || start.startsWith('HDRP\x03')) return { tags: {}, mayCarryDate: true };
  if (!phoneMakers.test(make) || knownSignatures.test(start))
    return decline(`maker notes of ${make || 'an unnamed maker'}`);
  if (/^samsung$/i.test(make)) checkSamsungNote(note, littleEndian);
  return { tags: {}, mayCarryDate: false };
}

/** exiftool reads the notes of these makers only if they begin with one of `knownSignatures`, or are Samsung's. */
const phoneMakers =
  /^(asus|fairphone|google|hmd global|honor|huawei|jolla|lge|lg electronics|nokia|nothing|oneplus|oppo|realme|redmi|samsung|tcl|vivo|xiaomi|zte)$/i;

const knownSignatures =
  /^(\[ae_dbg|AOC|CAMER|DCI|DJI|EPSON|FUJIFILM|GE|Hewlett|HDRP|IIII|ISLMAKER|JVC|KDK|KYOCERA|LEICA|LSI1|MINOL|MKE|MOT|Nikon|OLYMP|OM SYSTEM|Panasonic|PENTAX|PREMI|QVC|RECONYX|RICOH|S1\0|SEMC|SIGMA|FOVEON|SONY|STMN|VHAB|VER:|Vivitar|Xiaomi|610|\0\0SONY)/i;

const burstUuid = 0x000b;
const contentIdentifier = 0x0011;

function readAppleNote(note: Buffer): Record<string, string> {
  if (note.toString('latin1', 12, 14) !== 'MM') decline('maker notes of Apple in another order');
  const directory = parseDirectory(note, 14, false);
  const tags: Record<string, string> = {};
  const take = (tag: number, name: string) => {
    const value = directory.get(tag);
    if (value !== undefined) tags[name] = readText(value);
  };
  take(burstUuid, 'BurstUUID');
  take(contentIdentifier, 'ContentIdentifier');
  return tags;
}

/** Phones write a few tags that are not needed; tags from 0xa000 on are exposure and lens of Samsung's cameras. */
function checkSamsungNote(note: Buffer, littleEndian: boolean): void {
  const count = littleEndian ? note.readUInt16LE(0) : note.readUInt16BE(0);
  if (count > 100) decline('maker notes of Samsung in another form');
  for (let index = 0; index < count; index += 1) {
    const at = 2 + index * 12;
    const tag = littleEndian ? note.readUInt16LE(at) : note.readUInt16BE(at);
    if (tag >= 0xa000 || tag === 0x0035) decline('maker notes of a Samsung camera');
  }
}
