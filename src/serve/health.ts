import type { Logger } from '../log/logger.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import { methodOf } from './methods.ts'

/** What is wrong, in words; empty when nothing is. */
export interface HealthReport {
  readonly liveness: string
  readonly readiness: string
}

export interface HealthInput {
  readonly definition: Pick<ServiceDefinition, 'alive' | 'ready'>
  readonly instance: object
  readonly logger: Logger
  /** Before this the service's methods have nothing to judge by. */
  readonly ready: Promise<void>
}

/** What a service says of itself, by its methods marked `@isAlive` and `@isReady`. */
export class Health {
  readonly #input: HealthInput
  #isStarted = false

  constructor(input: HealthInput) {
    this.#input = input
    input.ready.then(
      () => (this.#isStarted = true),
      () => undefined,
    )
  }

  /** Whether it says anything. */
  get isChecked(): boolean {
    const { alive, ready } = this.#input.definition
    return alive.length + ready.length > 0
  }

  liveness(): Promise<string> {
    return this.#ask(this.#input.definition.alive, 'The service is dead')
  }

  readiness(): Promise<string> {
    return this.#ask(this.#input.definition.ready, 'The service is not ready')
  }

  async report(): Promise<HealthReport> {
    const [liveness, readiness] = await Promise.all([this.liveness(), this.readiness()])
    return { liveness, readiness }
  }

  async #ask(names: readonly string[], verdict: string): Promise<string> {
    if (!this.#isStarted) return ''
    for (const name of names) {
      if (!(await this.#check(name))) return `${verdict}: its method "${name}" says so`
    }
    return ''
  }

  /** What cannot tell is taken for a no. */
  async #check(name: string): Promise<boolean> {
    try {
      return (await methodOf(this.#input.instance, name)()) === true
    } catch (error) {
      this.#input.logger.error({ err: error }, `The check "${name}" failed`)
      return false
    }
  }
}
