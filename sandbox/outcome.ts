/** One entry of `errors` in GitHub's 422 answers. */
export type FieldError = {
  readonly resource?: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
};

/** GitHub said no: the HTTP status and the words a person or an App reads. */
export type Refusal = {
  readonly status: number;
  readonly message: string;
  readonly errors?: readonly (FieldError | string)[];
};

/** What came of an act: it is done, or it is refused in GitHub's words. */
export type Outcome<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly refusal: Refusal };

/** The act is done and gave `value`. */
export function done<T>(value: T): Outcome<T> {
  return { done: true, value };
}

/** The act is refused; nothing has changed. */
export function refused(status: number, message: string, errors?: Refusal["errors"]): Outcome<never> {
  return {
    done: false,
    refusal: errors ? { status, message, errors } : { status, message },
  };
}

/** GitHub's 422 for input it cannot take. */
export function invalid(...errors: readonly (FieldError | string)[]): Outcome<never> {
  return refused(422, "Validation Failed", errors);
}

export const notFound: Outcome<never> = refused(404, "Not Found");

/** The value of an act that must succeed; throws with the refusal's words when it did not. For setting up worlds. */
export function must<T>(outcome: Outcome<T>): T {
  if (outcome.done) return outcome.value;
  throw new Error(
    `${outcome.refusal.status} ${outcome.refusal.message} ${JSON.stringify(outcome.refusal.errors ?? [])}`,
  );
}
