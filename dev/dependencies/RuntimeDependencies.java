import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Compares what a module brings to an application at run time with the list that is checked in beside this file, so
 * that weight is added on purpose or not at all. The build runs it for each published module, straight from its source.
 *
 * <p>Arguments: the checked-in list, the module's {@code pom.xml}, the output of {@code dependency:tree -Dverbose}, and
 * {@code true} to rewrite the list instead of comparing.
 *
 * <p>It walks the tree as an application's build would: without what is optional or for tests, the nearest version
 * first, and without the versions that only our own build manages. {@code dependency:list} would not do: it shows the
 * result after test dependencies have had their say.
 */
final class RuntimeDependencies {

    private static final Pattern NODE = Pattern.compile(
            "(?<indent>[| +\\\\-]*)\\(?(?<group>[^:\\s(]+):(?<artifact>[^:]+)"
                    + ":(?:test-)?jar(?::(?<classifier>[^:\\s]+))?:(?<version>[^:\\s]+):(?<scope>compile|runtime|test|provided)\\b.*");
    private static final Pattern MANAGED = Pattern.compile("version managed from ([^;)]+)");

    private RuntimeDependencies() {}

    public static void main(String[] args) throws Exception {
        Path list = Path.of(args[0]);
        Set<String> actual = resolve(Files.readAllLines(Path.of(args[2])), optionalIn(Path.of(args[1])));
        if (Boolean.parseBoolean(args[3])) {
            update(list, actual);
        } else if (!compare(list, actual)) {
            System.exit(1);
        }
    }

    /** Breadth first: what is nearer was met before, and the first version met is the one that counts. */
    private static Set<String> resolve(List<String> tree, Set<String> optional) {
        Map<Integer, Node> path = new HashMap<>();
        Map<String, List<Node>> children = new LinkedHashMap<>();
        for (String line : tree.subList(1, tree.size())) {
            Node node = Node.parse(line);
            path.put(node.depth(), node);
            String parent = node.depth() == 1 ? "" : path.get(node.depth() - 1).key();
            children.computeIfAbsent(parent, key -> new ArrayList<>()).add(node);
        }
        Map<String, String> versions = new HashMap<>();
        Deque<Node> queue = new ArrayDeque<>(children.getOrDefault("", List.of()));
        queue.removeIf(node -> node.scope().matches("test|provided") || optional.contains(node.key()));
        while (!queue.isEmpty()) {
            Node node = queue.remove();
            if (versions.putIfAbsent(node.key(), node.version()) == null) {
                queue.addAll(children.getOrDefault(node.key(), List.of()));
            }
        }
        Set<String> result = new TreeSet<>();
        // Our own modules always come in the module's own version; naming it would change the lists with each release.
        versions.forEach((key, version) -> result.add(key.startsWith("io.evcache:") ? key : key + ":" + version));
        return result;
    }

    private static Set<String> optionalIn(Path pom) throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        var dependencies = document.getElementsByTagName("dependency");
        Set<String> result = new HashSet<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (text(dependency, "optional").equals("true")) {
                result.add(keyOf(
                        text(dependency, "groupId"), text(dependency, "artifactId"), text(dependency, "classifier")));
            }
        }
        return result;
    }

    private static void update(Path list, Set<String> actual) throws IOException {
        if (!actual.isEmpty()) {
            Files.writeString(list, String.join("\n", actual) + "\n");
        }
    }

    private static boolean compare(Path list, Set<String> actual) throws IOException {
        Set<String> expected = Files.exists(list) ? new TreeSet<>(Files.readAllLines(list)) : Set.of();
        if (actual.equals(expected)) {
            return true;
        }
        System.err.println("The runtime dependencies differ from " + list + ":");
        expected.stream().filter(line -> !actual.contains(line)).forEach(line -> System.err.println("  - " + line));
        actual.stream().filter(line -> !expected.contains(line)).forEach(line -> System.err.println("  + " + line));
        System.err.println("Each one is weight and risk for every user. If this change is meant, update the list with");
        System.err.println("  ./mvnw verify -DskipTests -Ddependencies.update=true");
        System.err.println("and write down the reason in docs/decisions.");
        return false;
    }

    private static String text(Element dependency, String tag) {
        var found = dependency.getElementsByTagName(tag);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    private static String keyOf(String group, String artifact, String classifier) {
        return group + ":" + artifact + (classifier.isEmpty() ? "" : ":" + classifier);
    }

    private record Node(int depth, String key, String version, String scope) {

        static Node parse(String line) {
            Matcher node = NODE.matcher(line);
            if (!node.matches()) {
                throw new IllegalArgumentException("not a line of dependency:tree: " + line);
            }
            int depth = node.group("indent").length() / 3;
            String classifier = node.group("classifier") == null ? "" : node.group("classifier");
            Matcher managed = MANAGED.matcher(line);
            // Managed versions reach nobody but this build; a direct dependency has its version in its own POM.
            String version = depth > 1 && managed.find() ? managed.group(1) : node.group("version");
            return new Node(
                    depth,
                    keyOf(node.group("group"), node.group("artifact"), classifier),
                    version,
                    node.group("scope"));
        }
    }
}
