import { BentoError } from '../errors.ts'
import type { Session } from './context.ts'

/** Questions for a person; none where nobody can answer. Throws INTERRUPTED when they press Ctrl-C. */
export interface Questions {
  text(message: string, preset: string): Promise<string>
  choice<Value extends string>(
    message: string,
    options: readonly { readonly value: Value; readonly label: string }[],
  ): Promise<Value>
}

export async function openQuestions({ stdin, out }: Session): Promise<Questions | undefined> {
  if (stdin.isTTY !== true || !out.isTerminal) return undefined
  const { isCancel, select, text } = await import('@clack/prompts')
  const streams = { input: stdin, output: out.aside }
  return {
    async text(message, preset) {
      const given = await text({ ...streams, message, placeholder: preset, defaultValue: preset })
      if (isCancel(given)) throw stopped()
      return given
    },
    async choice(message, options) {
      // By number: the library's types do not follow a generic value.
      const numbered = options.map(({ label }, value) => ({ value, label }))
      const given = await select<number>({ ...streams, message, options: numbered })
      const chosen = isCancel(given) ? undefined : options[given]
      if (chosen === undefined) throw stopped()
      return chosen.value
    },
  }
}

function stopped(): BentoError {
  return new BentoError('INTERRUPTED', 'Stopped before it was done')
}
