package io.evcache.archrules;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules that are not about layers. Each says, a line for each place, what a class does against it. */
final class Habits {

    private static final String TIME = "io.evcache.core.time";

    /** The packages whose job is to adapt one library; there, and nowhere else, its types may be seen from outside. */
    private static final Pattern ADAPTERS = Pattern.compile(
            "io\\.evcache\\.(core\\.(transport\\.netty|value\\.(jackson|protobuf))|client\\.near|replication\\.(link|kafka)|spymemcached|.*\\.metrics)");

    private static final Pattern OWN_TYPES = Pattern.compile("(java|javax|io\\.evcache)\\..*|[a-z]+"); // or primitive

    private Habits() {}

    static List<String> thirdPartyInSignatures(JavaClass origin) {
        if (!isVisible(origin) || ADAPTERS.matcher(origin.getPackageName()).matches()) {
            return List.of();
        }
        Stream<String> inHeader = Stream.concat(origin.getSuperclass().stream(), origin.getInterfaces().stream())
                .flatMap(Habits::thirdParty)
                .map(type -> origin.getName() + " is a " + type);
        Stream<String> inMembers = origin.getMembers().stream()
                .filter(member -> isVisible(member.getModifiers()))
                .flatMap(member -> signature(member)
                        .flatMap(Habits::thirdParty)
                        .map(type -> member.getFullName() + " mentions " + type));
        return Stream.concat(inHeader, inMembers).distinct().toList();
    }

    static List<String> clocks(JavaClass origin) {
        return origin.getPackageName().equals(TIME) ? List.of() : accesses(origin, Habits::isClock);
    }

    static List<String> sleeps(JavaClass origin) {
        return accesses(
                origin,
                target -> target.getName().equals("sleep")
                        && Set.of("java.lang.Thread", "java.util.concurrent.TimeUnit")
                                .contains(owner(target)));
    }

    static List<String> mutableStatics(JavaClass origin) {
        return origin.getFields().stream()
                .filter(field -> field.getModifiers().contains(STATIC))
                .filter(field -> !field.getModifiers().contains(FINAL) || isMadeToChange(field.getRawType()))
                .map(JavaField::getFullName)
                .map(field -> field + " is static and can change")
                .toList();
    }

    private static boolean isClock(AccessTarget target) {
        return switch (owner(target)) {
            case "java.lang.System" -> Set.of("nanoTime", "currentTimeMillis").contains(target.getName());
            case "java.util.Date" -> target.getName().equals("<init>");
            case "java.time.Clock" -> true;
            default ->
                owner(target).startsWith("java.time.") && target.getName().equals("now");
        };
    }

    /** Field updaters are final descriptions of a field and fine; a counter, a reference or a map is state. */
    private static boolean isMadeToChange(JavaClass type) {
        boolean atomic = type.getPackageName().equals("java.util.concurrent.atomic");
        boolean updater = type.getSimpleName().endsWith("FieldUpdater");
        return (atomic && !updater) || type.isAssignableTo(ConcurrentMap.class);
    }

    /** Calls, constructor calls and method references alike. */
    private static List<String> accesses(JavaClass origin, Predicate<AccessTarget> forbidden) {
        return Stream.concat(origin.getAccessesFromSelf().stream(), origin.getCodeUnitReferencesFromSelf().stream())
                .filter(access -> forbidden.test(access.getTarget()))
                .map(JavaAccess::getDescription)
                .distinct()
                .toList();
    }

    private static Stream<JavaType> signature(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit code = (JavaCodeUnit) member;
        return Stream.of(
                        Stream.of(code.getReturnType()),
                        code.getParameterTypes().stream(),
                        code.getExceptionTypes().stream())
                .flatMap(types -> types);
    }

    private static Stream<String> thirdParty(JavaType type) {
        return type.getAllInvolvedRawTypes().stream()
                .map(raw -> raw.getBaseComponentType().getName())
                .filter(name -> !OWN_TYPES.matcher(name).matches());
    }

    private static boolean isVisible(JavaClass origin) {
        return isVisible(origin.getModifiers())
                && origin.getEnclosingClass().map(Habits::isVisible).orElse(true);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED);
    }

    private static String owner(AccessTarget target) {
        return target.getOwner().getName();
    }
}
