/**
 * The text that a reader's steps spell: at each step the likeliest character, the same one twice in a row being one, and
 * the first of the dictionary being none.
 */
export function readCharacters(
  steps: Float32Array,
  characters: readonly string[],
): { text: string; confidence: number } {
  const width = characters.length
  let text = ''
  let before = 0
  let sum = 0
  let count = 0
  for (let from = 0; from < steps.length; from += width) {
    const best = likeliest(steps, from, width)
    if (best !== 0 && best !== before) {
      text += characters[best] ?? ''
      sum += steps[from + best] ?? 0
      count += 1
    }
    before = best
  }
  return { text, confidence: count === 0 ? 0 : sum / count }
}

function likeliest(steps: Float32Array, from: number, width: number): number {
  let best = 0
  for (let at = 1; at < width; at++) {
    if ((steps[from + at] ?? 0) > (steps[from + best] ?? 0)) best = at
  }
  return best
}
