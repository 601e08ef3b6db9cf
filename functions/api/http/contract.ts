import type * as sdk from '@immich/sdk';

type Sdk = typeof sdk;
type Call = (...args: never[]) => Promise<unknown>;

/** The name of one of the 276 operations: every function of the SDK that answers with a promise. */
export type OperationId = { [Name in keyof Sdk]: Sdk[Name] extends Call ? Name : never }[keyof Sdk];

/** A type of the SDK as it travels in JSON: its enums become their strings, so nothing of the SDK is needed at run time. */
export type Wire<T> = T extends string
  ? `${T}`
  : T extends Blob
    ? Blob
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

type SdkCall<Id extends OperationId> = Extract<Sdk[Id], Call>;
type SdkAnswer<Id extends OperationId> = Awaited<ReturnType<SdkCall<Id>>>;

/** What the operation answers: nothing where the SDK says `never`, nor where it says `Blob` (those rows are `raw`). */
export type ResponseOf<Id extends OperationId> = [SdkAnswer<Id>] extends [never]
  ? void
  : SdkAnswer<Id> extends Blob
    ? void
    : Wire<SdkAnswer<Id>>;

/** Without arguments of its own a call takes only (optional) request options. */
type Arguments<Id extends OperationId> = undefined extends Parameters<SdkCall<Id>>[0]
  ? object
  : Parameters<SdkCall<Id>>[0];

/** The SDK escapes `type`, a reserved word there, as `$type`, and camel-cases the headers it sends. */
type WireName<Name> = Name extends `$${infer Plain}` ? Plain : Name;
type BodyName = `${string}Dto`;
type HeaderName = `xImmich${string}`;

/** The JSON (or multipart) body of the operation; `never` if it has none. */
export type BodyOf<Id extends OperationId> = {
  [Name in keyof Arguments<Id>]-?: Name extends BodyName ? Wire<Arguments<Id>[Name]> : never;
}[keyof Arguments<Id>];

/** What the operation takes in its path and query, under the names used on the wire. */
export type ParametersOf<Id extends OperationId> = {
  [Name in keyof Arguments<Id> as Name extends BodyName | HeaderName ? never : WireName<Name>]: Wire<
    Arguments<Id>[Name]
  >;
};

/** The parameters of the operation without those of its path, and without the shared-link ones that `authenticate` reads. */
export type QueryOf<Id extends OperationId, PathName extends string = never> = Omit<
  ParametersOf<Id>,
  PathName | 'key' | 'slug'
>;

/** One of the permissions that an API key may carry. */
export type Permission = `${sdk.Permission}`;
