/** Where the pipeline tells what an operator should know; `app` binds it to the log. */
export type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;
