import { type BentoResult, runBento, type RunBentoOptions } from './run-bento.ts'

/** Runs a command that goes on, and presses Ctrl-C once it has printed this. */
export function runUntil(
  printed: string,
  line: string,
  options: RunBentoOptions & { readonly onPart?: (stdout: string) => void } = {},
): Promise<BentoResult> {
  let press: () => void = () => undefined
  return runBento(line, {
    ...options,
    onReady(pressCtrlC) {
      press = pressCtrlC
    },
    onOutput(stdout) {
      options.onPart?.(stdout)
      if (stdout.includes(printed)) press()
    },
  })
}
