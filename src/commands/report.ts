import type { Output } from './output.ts'

/** What a build says while it works: warnings stay on the screen, steps pass. */
export function reportTo(out: Output): (line: string) => void {
  return (line) => {
    const warning = /^warning: (.*)$/s.exec(line)?.[1]
    if (warning === undefined) out.step(`${line.charAt(0).toUpperCase()}${line.slice(1)}`)
    else out.warn(warning)
  }
}
