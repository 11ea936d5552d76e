import { type BentoResult, runBento, type RunBentoOptions } from './run-bento.ts'

/** Presses Ctrl-C when a command has printed this; once, since a second one says that it must not wait. */
export function pressAt(printed: string): Required<Pick<RunBentoOptions, 'onReady' | 'onOutput'>> {
  let press: (() => void) | undefined
  return {
    onReady(pressCtrlC) {
      press = pressCtrlC
    },
    onOutput(stdout) {
      if (!stdout.includes(printed)) return
      press?.()
      press = undefined
    },
  }
}

/** Runs a command that goes on, until it has printed this. */
export function runUntil(
  printed: string,
  line: string,
  options: RunBentoOptions & { readonly onPart?: () => void } = {},
): Promise<BentoResult> {
  const { onReady, onOutput } = pressAt(printed)
  return runBento(line, {
    ...options,
    onReady,
    onOutput(stdout) {
      options.onPart?.()
      onOutput(stdout)
    },
  })
}
