package oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.MetadataResource;

/**
 * Keeps HL7's validator warm. Arguments: packages (.tgz), in the order in which they answer for a canonical. Each line of the standard
 * input is a path, or a path, a tab and a profile; each answer is a line of JSON, with the time that the validation alone took. R4 itself
 * comes from the libraries. Nothing is asked of any network.
 */
public final class Validator {
  private static final Set<String> SORTS = Set.of("StructureDefinition", "ValueSet", "CodeSystem");
  private static final Gson GSON = new Gson();

  public static void main(String[] packages) throws IOException {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // a library that prints does not break the answers
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = validator(context, packages);
    answers.println(GSON.toJson(Map.of("ready", packages.length)));
    BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = asked.readLine(); line != null; line = asked.readLine()) {
      String[] told = line.split("\t");
      answers.println(GSON.toJson(judged(validator, Path.of(told[0]), told.length > 1 ? told[1] : null)));
    }
  }

  private static Map<String, Object> judged(FhirValidator validator, Path path, String profile) throws IOException {
    Map<String, Object> answer = new LinkedHashMap<>();
    ValidationOptions options = new ValidationOptions();
    if (profile != null) {
      options.addProfile(profile);
    }
    String content = Files.readString(path);
    long started = System.nanoTime();
    try {
      List<Map<String, String>> issues = new ArrayList<>();
      for (SingleValidationMessage message : validator.validateWithResult(content, options).getMessages()) {
        issues.add(issue(message));
      }
      answer.put("issues", issues);
    } catch (RuntimeException | StackOverflowError failed) {
      answer.put("stopped", failed.toString()); // what it could not judge is counted apart
    }
    answer.put("nanoseconds", System.nanoTime() - started);
    return answer;
  }

  private static Map<String, String> issue(SingleValidationMessage message) {
    Map<String, String> issue = new LinkedHashMap<>();
    ResultSeverityEnum severity = message.getSeverity();
    issue.put("severity", severity == ResultSeverityEnum.FATAL ? "error" : severity.getCode());
    issue.put("path", message.getLocationString());
    issue.put("id", message.getMessageId());
    issue.put("message", message.getMessage());
    return issue;
  }

  private static FhirValidator validator(FhirContext context, String[] packages) throws IOException {
    Map<String, Map<String, IBaseResource>> given = new HashMap<>();
    SORTS.forEach(sort -> given.put(sort, new HashMap<>()));
    for (String one : packages) {
      read(context, Path.of(one), given);
    }
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING); // SNOMED CT and LOINC are in no package
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new R4(context),
            new PrePopulatedValidationSupport(context, given.get("StructureDefinition"), given.get("ValueSet"), given.get("CodeSystem")),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new SnapshotGeneratingValidationSupport(context),
            unknown);
    FhirInstanceValidator module = new FhirInstanceValidator(chain);
    module.setAnyExtensionsAllowed(true);
    return context.newValidator().registerValidatorModule(module);
  }

  private static void read(FhirContext context, Path archive, Map<String, Map<String, IBaseResource>> into) throws IOException {
    try (InputStream file = Files.newInputStream(archive);
        TarArchiveInputStream entries = new TarArchiveInputStream(new GZIPInputStream(file))) {
      for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        String name = entry.getName().replaceFirst("^package/", "");
        String sort = name.split("-")[0];
        if (!name.contains("/") && name.endsWith(".json") && SORTS.contains(sort)) {
          String content = new String(entries.readAllBytes(), StandardCharsets.UTF_8);
          if (context.newJsonParser().parseResource(content) instanceof MetadataResource found && found.hasUrl()) {
            into.get(sort).putIfAbsent(found.getUrl(), found);
            into.get(sort).putIfAbsent(found.getUrl() + "|" + found.getVersion(), found); // guides name the version they are made with
          }
        }
      }
    }
  }

  /** R4 as the libraries hold it, also where its version is named: guides pin it. */
  private static final class R4 extends DefaultProfileValidationSupport {
    R4(FhirContext context) {
      super(context);
    }

    @Override
    public IBaseResource fetchStructureDefinition(String url) {
      return super.fetchStructureDefinition(unversioned(url));
    }

    @Override
    public IBaseResource fetchValueSet(String url) {
      return super.fetchValueSet(unversioned(url));
    }

    private static String unversioned(String url) {
      return url.endsWith("|4.0.1") ? url.substring(0, url.length() - "|4.0.1".length()) : url;
    }
  }
}
