/** The pages that a service has, by their file names. */
export function renderPages(): Promise<[name: string, text: string][]>
