// A program in another language, with nothing of Metarr's but the .proto files:
// adds a movie, enriches it, and tells which source each value has.
//   node enrich.js ADDRESS PROTO_DIRECTORY CA_FILE TOKEN_FILE IMDB_ID
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, protos, caFile, tokenFile, imdbId] = process.argv.slice(2);

const definition = loader.loadSync(["metarr/v1/library_service.proto", "metarr/v1/enrichment_service.proto"], {
  includeDirs: [protos],
  enums: String,
  longs: Number,
  defaults: true,
});
const { LibraryService, EnrichmentService } = grpc.loadPackageDefinition(definition).metarr.v1;

const encrypted = grpc.credentials.createSsl(readFileSync(caFile));
const token = readFileSync(tokenFile, "utf8").trim();
const shown = grpc.credentials.createFromMetadataGenerator((_, done) => {
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  done(null, metadata);
});

function client(Service, credentials) {
  const stub = new Service(address, credentials, { "grpc.enable_http_proxy": 0 });
  return (method, request) =>
    promisify(stub[method].bind(stub))(request, { deadline: Date.now() + 30000 });
}

async function refusal() {
  try {
    await client(LibraryService, encrypted)("ListItems", {});
    return null;
  } catch (error) {
    const details = error.metadata.get("grpc-status-details-bin");
    return { code: grpc.status[error.code], text: error.details, reasonTold: String(details[0]).includes("TOKEN_REQUIRED") };
  }
}

const withToken = grpc.credentials.combineChannelCredentials(encrypted, shown);
const library = client(LibraryService, withToken);
const enrichment = client(EnrichmentService, withToken);

const itemId = `imdb:${imdbId}`;
const withoutToken = await refusal();
await library("UpsertItems", { items: [{ kind: "MEDIA_KIND_MOVIE", ids: [{ type: "imdb", value: imdbId }] }] });
const enriched = await enrichment("Enrich", { itemId });
const { item } = await library("GetItem", { itemId });

console.log(
  JSON.stringify({
    withoutToken,
    outcomes: Object.fromEntries(enriched.outcomes.map((each) => [each.provider, each.status])),
    title: item.title,
    year: item.year,
    sources: Object.fromEntries(item.fields.map((field) => [field.name, field.source])),
    plot: item.fields.find((field) => field.name === "plot").value.stringValue,
  }),
);
