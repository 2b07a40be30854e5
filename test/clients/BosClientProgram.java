import com.baidubce.BceServiceException;
import com.baidubce.auth.DefaultBceCredentials;
import com.baidubce.http.DefaultRetryPolicy;
import com.baidubce.services.bos.BosClient;
import com.baidubce.services.bos.BosClientConfiguration;
import com.baidubce.services.bos.model.InputSerialization;
import com.baidubce.services.bos.model.OutputSerialization;
import com.baidubce.services.bos.model.SelectObjectRequest;
import com.baidubce.services.bos.model.SelectObjectResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Runs selects with bce-java-sdk and prints what it hands over. Argument: JSON of {endpoint, ak, sk, cases}. */
public class BosClientProgram {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        JsonNode job = JSON.readTree(args[0]);
        BosClientConfiguration configuration = new BosClientConfiguration();
        configuration.setCredentials(new DefaultBceCredentials(job.get("ak").asText(), job.get("sk").asText()));
        configuration.setEndpoint(job.get("endpoint").asText());
        configuration.setRetryPolicy(new DefaultRetryPolicy(0, 0));
        BosClient client = new BosClient(configuration);
        ArrayNode all = JSON.createArrayNode();
        for (JsonNode one : job.get("cases")) {
            all.add(run(client, one));
        }
        System.out.println(JSON.writeValueAsString(all));
        client.shutdown();
    }

    private static ObjectNode run(BosClient client, JsonNode one) {
        InputSerialization input = new InputSerialization();
        JsonNode given = one.get("input");
        if (given.has("compressionType")) input.withCompressionType(given.get("compressionType").asText());
        JsonNode read = given.path("csv");
        if (read.has("fileHeaderInfo")) input.withFileHeaderInfo(read.get("fileHeaderInfo").asText());
        if (read.has("commentCharacter")) input.withCommentCharacter(plain(read.get("commentCharacter")));
        if (given.has("json")) input.withJsonType(given.get("json").get("type").asText());
        JsonNode wanted = one.get("output");
        OutputSerialization output =
                new OutputSerialization().withOutputHeader(wanted.path("outputHeader").asBoolean(false));
        JsonNode written = wanted.path("csv");
        if (written.has("quoteFields")) output.withQuoteFields(written.get("quoteFields").asText());
        if (written.has("fieldDelimiter")) output.withFieldDelimiter(plain(written.get("fieldDelimiter")));
        if (written.has("quoteCharacter")) output.withQuoteCharacter(plain(written.get("quoteCharacter")));
        if (one.get("type").asText().equals("csv") || wanted.has("json")) {
            // Its reader splits at this, and has no default.
            output.withRecordDelimiter("\n");
        }
        SelectObjectRequest request = new SelectObjectRequest(one.get("bucket").asText(), one.get("key").asText())
                .withSelectType(one.get("type").asText())
                .withExpression(one.get("sql").asText())
                .withExpressionType(SelectObjectRequest.ExpressionType.SQL)
                .withInputSerialization(input)
                .withOutputSerialization(output)
                .withRequestProgress(one.path("progress").asBoolean(false));
        ObjectNode seen = JSON.createObjectNode().put("name", one.get("name").asText());
        ArrayNode types = seen.putArray("types");
        ArrayNode records = seen.putArray("lines");
        try {
            SelectObjectResponse response = client.selectObject(request);
            SelectObjectResponse.Messages messages = response.getMessages();
            while (messages.hasNext()) {
                SelectObjectResponse.CommonMessage message = messages.next();
                types.add(message.Type);
                if (message.Type.equals("Records")) {
                    for (String record : message.getRecords()) records.add(record);
                }
                if (message.Type.equals("End") && !"success".equals(message.Headers.get("error-code"))) {
                    seen.put("error", String.valueOf(message.Headers.get("error-code")));
                }
            }
        } catch (BceServiceException failure) {
            seen.put("error", failure.getErrorCode());
        }
        return seen;
    }

    /** The SDK encodes delimiters itself. */
    private static String plain(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
    }
}
