import { renderError } from '../log/render-error.ts'
import type { Output } from './output.ts'

/** Prints an error to stderr and returns the exit code that goes with it. */
export async function printError(error: unknown, out: Output): Promise<number> {
  const { red, dim } = await out.loadColours()
  const { text, exit } = renderError(error, { red, dim, verbose: out.verbose })
  out.error(text)
  return exit
}
