import type { Dice } from "./dice";
import { base64Lines, encodedWords, type MimePart } from "./parts";

/** What a generated attachment must be found to be. */
export type ExpectedFile = { filename: string; mediaType: string; size: number };

type Kind = { extension: string; mediaType: string; magic: string };

const KINDS: readonly (readonly [Kind, number])[] = [
  [{ extension: "pdf", mediaType: "application/pdf", magic: "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" }, 45],
  [{ extension: "jpg", mediaType: "image/jpeg", magic: "\xff\xd8\xff\xe0\x00\x10JFIF\x00" }, 35],
  [{ extension: "zip", mediaType: "application/zip", magic: "PK\x03\x04\x14\x00" }, 20],
];

const SIZE_MEDIAN = 18_700;
const SIZE_SIGMA = 1.2;
const SIZE_MIN = 200;
const SIZE_MAX = 1_500_000;
const NOISE_BYTES = 4 * 1024 * 1024;

/** Files of random bytes: they compress as little as real pictures and archives do. */
export class Files {
  private readonly noise = Buffer.allocUnsafe(NOISE_BYTES);
  private made = 0;

  constructor(dice: Dice) {
    for (let at = 0; at < NOISE_BYTES; at += 4)
      this.noise.writeUInt32LE(Math.floor(dice.share() * 2 ** 32), at);
  }

  /** A file of a log-normal size, or of the given one. */
  attach(
    dice: Dice,
    name: string,
    charset: string,
    size = sizeOf(dice),
  ): { part: MimePart; file: ExpectedFile } {
    const kind = dice.weighted(KINDS);
    const filename = `${name}.${kind.extension}`;
    const quoted = `"${encodedWords(filename, charset)}"`;
    return {
      part: {
        header: [
          `Content-Type: ${kind.mediaType}; name=${quoted}`,
          "Content-Transfer-Encoding: base64",
          `Content-Disposition: attachment; filename=${quoted}`,
        ],
        body: base64Lines(this.bytes(dice, kind.magic, size)),
      },
      file: { filename, mediaType: kind.mediaType, size },
    };
  }

  /** A picture that the HTML shows by its Content-ID, as signatures have. */
  picture(dice: Dice, contentId: string): { part: MimePart; file: ExpectedFile } {
    const size = 2_000 + dice.below(8_000);
    return {
      part: {
        header: [
          'Content-Type: image/png; name="image001.png"',
          "Content-Transfer-Encoding: base64",
          `Content-ID: <${contentId}>`,
          'Content-Disposition: inline; filename="image001.png"',
        ],
        body: base64Lines(this.bytes(dice, "\x89PNG\r\n\x1a\n", size)),
      },
      file: { filename: "image001.png", mediaType: "image/png", size },
    };
  }

  /** No two are the same: a number of its own stands behind the magic. */
  private bytes(dice: Dice, magic: string, size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    for (let at = 0; at < size; at += NOISE_BYTES / 2) {
      const from = dice.below(NOISE_BYTES / 2);
      this.noise.copy(bytes, at, from, from + NOISE_BYTES / 2);
    }
    const start = bytes.write(magic, "latin1");
    bytes.writeUInt32LE(++this.made, start);
    return bytes;
  }
}

function sizeOf(dice: Dice): number {
  const size = Math.round(dice.logNormal(SIZE_MEDIAN, SIZE_SIGMA));
  return Math.min(SIZE_MAX, Math.max(SIZE_MIN, size));
}
