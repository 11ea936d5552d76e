const [quote, backslash] = [0x22, 0x5c]
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * True when JSON in UTF-8 is nested deeper than `limit`. JSON.parse itself takes any depth, but what walks its value
 * recursively runs out of stack. Most bodies have too few brackets to be deep, and counting those is native code.
 */
export function isDeeperThan(limit: number, json: Buffer): boolean {
  if (json.length < limit || !hasMoreOpenings(limit, json)) return false
  let depth = 0
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === quote) at = endOfString(json, at)
    else if (byte === openArray || byte === openObject) depth += 1
    else if (byte === closeArray || byte === closeObject) depth -= 1
    if (depth > limit) return true
  }
  return false
}

function hasMoreOpenings(limit: number, json: Buffer): boolean {
  let left = limit
  for (const opening of [openArray, openObject]) {
    let at = json.indexOf(opening)
    while (at !== -1 && left >= 0) {
      left -= 1
      at = json.indexOf(opening, at + 1)
    }
  }
  return left < 0
}

function endOfString(json: Buffer, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  return at
}
