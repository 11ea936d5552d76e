const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes for a person, as `1.50 MiB`. */
export function renderSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(2)} ${units[unit]}`
}

/** In the local time zone, as `2026-11-23 21:48:05`. */
export function renderTime(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
  return `${day.map(twoDigits).join('-')} ${time.map(twoDigits).join(':')}`
}

const spans = [
  { unit: 'd', ms: 24 * 60 * 60_000 },
  { unit: 'h', ms: 60 * 60_000 },
  { unit: 'min', ms: 60_000 },
] as const

/** As `3 d`, `5 h`, `2 min` and `now`. */
export function renderAge(since: Date, now: Date = new Date()): string {
  const age = now.getTime() - since.getTime()
  const span = spans.find(({ ms }) => age >= ms)
  return span === undefined ? 'now' : `${Math.floor(age / span.ms)} ${span.unit}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** As `1 bento` and `3 bentos`. */
export function renderCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
