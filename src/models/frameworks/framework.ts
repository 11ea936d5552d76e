import type { ValueInfo } from '../../lib/tensor.ts'
import type { Check } from '../fidelity/check.ts'
import type { PythonOptions } from '../python/find-python.ts'

/** A file to store: a copy of one that is there, or what the framework made of it. */
export type ModelFile =
  | { readonly source: string; readonly target: string }
  | { readonly content: Uint8Array; readonly target: string }

/** What a framework found in a model's file. Paths are absolute; targets are relative to the model's folder. */
export interface ReadModel {
  /** Name of the runtime that runs it. */
  readonly runtime: string
  readonly files: readonly ModelFile[]
  /** Which of the targets the runtime opens. */
  readonly main: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** What the file says of itself, as producer and opset; shown by `models get`. */
  readonly context: Readonly<Record<string, string | number>>
  /** Rows on which it must answer as the original does. */
  readonly check?: Check
}

/** For frameworks whose files only their own Python can read. */
export interface ReadOptions extends PythonOptions {
  /** Whether the framework was asked for by name, not found out from the file. */
  readonly isNamed: boolean
  /** Whether code in the file may run. */
  readonly trust: boolean
  /** File with rows to compare predictions on. */
  readonly sample?: string | undefined
  /** An empty folder, for files that the model is made of; it goes away once they are stored. */
  readonly folder: string
}

/** A kind of model file. Toolchain: it never ships in a bento. */
export interface Framework {
  readonly name: string
  /** Cheap: looks at the name and the first bytes. */
  detect(file: string): Promise<boolean>
  /** Throws MODEL_INVALID when the file is not what it seems, LINK_REFUSED for links. */
  read(file: string, options?: ReadOptions): Promise<ReadModel>
}
