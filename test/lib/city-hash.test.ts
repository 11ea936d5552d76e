import { expect, test } from '@jest/globals'
import { cityHash64 } from '../../src/lib/city-hash.ts'

/* The low 32 bits, as CatBoost 1.2.10 writes them beside the words in its model files. */
const text = 'The quick brown fox jumps over the lazy dog; '.repeat(6)

test.each([
  [0, 797982799],
  [1, 311401451],
  [2, 1391204213],
  [3, 802589044],
  [4, 3051752953],
  [7, 3950516137],
  [8, 3664305727],
  [9, 62722841],
  [15, 2874732688],
  [16, 3688493868],
  [17, 2361206127],
  [24, 3020692229],
  [31, 1752146168],
  [32, 704156603],
  [33, 2239288843],
  [47, 3253297897],
  [63, 4292707222],
  [64, 547473128],
  [65, 1537198788],
  [96, 2741282795],
  [127, 3507381109],
  [128, 1616446793],
  [129, 1222420467],
  [192, 2762381368],
  [193, 2807321473],
  [250, 4276865402],
])('hashes %d characters', (length, low) => {
  expect(cityHash64(Buffer.from(text.slice(0, length))) & 0xffffffffn).toBe(BigInt(low))
})
