import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { listFixtures } from '#test/fixtures/index.ts';
import { detectFormat } from './detect-format.ts';
import { findFormat, listExtensions, mediaFormats } from './formats.ts';

describe('formats', () => {
  test('list the extensions of Immich 3.2.2, each once', () => {
    expect(listExtensions('image').join(' ')).toBe(
      '.3fr .ari .arw .avif .bmp .cap .cin .cr2 .cr3 .crw .dcr .dng .erf .fff .gif .heic .heif .hif .iiq .insp .jp2 .jpe .jpeg .jpg .jxl .k25 .kdc .mpo .mrw .nef .nrw .orf .ori .pef .png .psd .raf .raw .rw2 .rwl .sr2 .srf .srw .svg .tif .tiff .webp .x3f',
    );
    expect(listExtensions('video').join(' ')).toBe(
      '.3gp .3gpp .avi .flv .insv .m2t .m2ts .m4v .mkv .mov .mp4 .mpe .mpeg .mpg .mts .mxf .ts .vob .webm .wmv',
    );
    expect(listExtensions('sidecar')).toEqual(['.xmp']);
    const extensions = mediaFormats.flatMap((format) => format.extensions);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  test('are found by name in any case', () => {
    expect(findFormat('IMG_0001.JPG')).toMatchObject({ name: 'jpeg', mimeType: 'image/jpeg', support: 'now' });
    expect(findFormat('a.b/IMG.HEIC')).toMatchObject({ name: 'heic', support: 'later' });
    expect(findFormat('notes.txt')).toBeUndefined();
    expect(findFormat('jpg')).toBeUndefined();
  });
});

describe('detectFormat', () => {
  test('uses the bytes and not the name', async () => {
    for (const { name, path, fileName, truth } of await listFixtures()) {
      expect(detectFormat(await readFile(path), fileName)?.name, name).toBe(truth.format);
    }
  });

  test('recognizes formats by their signatures', () => {
    const bytes = (latin1: string) => Buffer.from(latin1.padEnd(600, '\0'), 'latin1');
    const known: [latin1: string, format: string][] = [
      ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'heic'],
      ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'heic'],
      ['\0\0\0\x18ftypmif1\0\0\0\0mif1avif', 'avif'],
      ['\0\0\0\x18ftypmif1\0\0\0\0mif1miaf', 'heif'],
      ['\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'quicktime'],
      ['\0\0\0\x18ftypmp42\0\0\0\0isommp42', 'mp4'],
      ['\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4', '3gp'],
      ['\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'cr3'],
      ['\xff\x0a\xfa\x1f', 'jxl'],
      ['II*\0\x10\0\0\0CR\x02\0', 'cr2'],
      ['II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0', 'dng'],
      ['II*\0\x08\0\0\0\x01\0\x00\x01\x03\0\x01\0\0\0\x01\0\0\0', 'tiff'],
      ['FUJIFILMCCD-RAW 0201', 'raf'],
      ['IIU\0\x18\0\0\0', 'rw2'],
      ['\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm', 'webm'],
      ['\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x88matroska', 'matroska'],
      ['RIFF\0\0\0\0AVI LIST', 'avi'],
      [`G${'\xff'.repeat(187)}G${'\xff'.repeat(187)}G`, 'mpegts'],
      [`\0\0\0\0G${'\xff'.repeat(191)}G${'\xff'.repeat(191)}G`, 'mpegts'],
      ['\xef\xbb\xbf<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'svg'],
      ['<x:xmpmeta xmlns:x="adobe:ns:meta/">', 'xmp'],
    ];
    for (const [latin1, format] of known) expect(detectFormat(bytes(latin1))?.name, format).toBe(format);
  });

  test('uses the name to decide between formats with the same signature', () => {
    const tiff = Buffer.from('II*\0\x08\0\0\0\0\0'.padEnd(64, '\0'), 'latin1');
    expect(detectFormat(tiff, 'DSC_0001.NEF')?.name).toBe('nef');
    expect(detectFormat(tiff, 'scan.jpg')?.name).toBe('tiff');
    expect(detectFormat(Buffer.from('\x01\0\x02\0', 'latin1'), 'clip.ari')?.name).toBe('ari');
    expect(detectFormat(Buffer.from('hello'), 'clip.ari')).toBeUndefined();
  });

  test('accepts any first bytes without failing', async () => {
    const starts = ['RIFF', '\0\0\0\x18ftyp', 'II*\0', 'BM', 'MM\0*\0\0\0\x08\xff\xff', '<', '\0'];
    for (const start of starts) {
      const bytes = Buffer.from(start, 'latin1');
      for (let length = 0; length <= bytes.length; length += 1) detectFormat(bytes.subarray(0, length), 'a.nef');
    }
    expect(detectFormat(new Uint8Array(0))).toBeUndefined();
  });
});
