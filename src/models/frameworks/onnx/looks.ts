/** What a file that is not ONNX seems to be, and what to do about it. */
export interface Looks {
  readonly like: string
  readonly hint: string
}

const fallback: Looks = {
  like: 'a damaged file or another kind',
  hint: 'Export the model again, and check that it was copied whole.',
}

interface Sign {
  readonly test: (bytes: Buffer) => boolean
  readonly looks: Looks
}

/** Names the commonest mistakes by their first bytes. */
export function looksLike(bytes: Buffer): Looks {
  return signs.find(({ test }) => test(bytes))?.looks ?? fallback
}

const signs: readonly Sign[] = [
  {
    test: (bytes) => bytes.length === 0,
    looks: { like: 'an empty file', hint: 'Export or download the model again.' },
  },
  {
    test: startsWith('version https://git-lfs'),
    looks: { like: 'a Git LFS pointer', hint: 'Run `git lfs pull` to get the file itself.' },
  },
  {
    test: (bytes) => /^\s*<(?:!doctype html|html)/i.test(bytes.subarray(0, 200).toString('latin1')),
    looks: { like: 'a web page', hint: 'Download the file itself instead of the page about it.' },
  },
  {
    test: startsWith('PK\u0003\u0004'),
    looks: {
      like: 'a zip file, as PyTorch and Keras write',
      hint: 'Convert the model to ONNX, for PyTorch with torch.onnx.export.',
    },
  },
  {
    test: (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 0) <= 5,
    looks: {
      like: 'a Python pickle',
      hint: 'Convert the model to ONNX, for scikit-learn with skl2onnx.',
    },
  },
  {
    test: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b,
    looks: { like: 'a gzip file', hint: 'Unpack it first.' },
  },
  {
    test: (bytes) => bytes.subarray(1, 4).toString('latin1') === 'HDF',
    looks: { like: 'an HDF5 file', hint: 'Convert the model to ONNX with tf2onnx.' },
  },
  {
    test: isText,
    looks: { like: 'a text file', hint: 'Give the file that the ONNX exporter wrote.' },
  },
]

function startsWith(text: string): (bytes: Buffer) => boolean {
  return (bytes) => bytes.subarray(0, text.length).toString('latin1') === text
}

function isText(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 512)
  return head.every(isPrintable) && !head.toString('utf8').includes('\uFFFD')
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d)
}
