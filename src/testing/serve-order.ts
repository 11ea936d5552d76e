import type { ServeFlags } from '../serve/serving.ts'

/** What the parent has the child serve. The environment is the child's own. */
export interface ServeOrder {
  readonly target: string
  readonly cwd: string
  readonly flags: ServeFlags
}
